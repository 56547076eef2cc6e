/**
 * Sizes with accelerators that have no Trusted Launch, i.e. no virtual TPM. Source:
 * MicrosoftDocs/azure-compute-docs, articles/virtual-machines/trusted-launch.md at
 * 02ecf3f44efe41e8a9768513210a419624b11c94 (NDasrA100_v4 and NDm_A100_v4), read 2026-11-21.
 */
const withoutTrustedLaunch = [/^Standard_ND\d+asr_v4$/, /^Standard_ND\d+amsr_A100_v4$/];

/** Whether machines of this size can have a virtual TPM and secure boot. */
export function hasTrustedLaunch(machineType: string): boolean {
  return !withoutTrustedLaunch.some((pattern) => pattern.test(machineType));
}
