import type { ResourceRule } from "../rule.ts";
import { checkPools, hasGpus, poolTypes } from "./node-pools.ts";

/** The sizes of the ND A100 v4 series, as components/clouds/azure/trusted-launch.ts has them with their source. */
const withoutTrustedLaunch = /^Standard_ND\d+(asr|amsr_A100)_v4$/;

export const aksRequireTrustedLaunch: ResourceRule = {
  name: "aks-require-trusted-launch",
  description:
    "AKS nodes start what is signed only, and can prove it; with GPUs, whose driver is not signed, they prove it.",
  severity: "medium",
  remediationSteps: "Set securityProfile of the pool to {enableSecureBoot: true, enableVTPM: true}.",
  types: poolTypes,
  check({ props }, report) {
    checkPools(props, ({ path, pool }) => {
      if (withoutTrustedLaunch.test(String(pool.vmSize))) return;
      const { enableSecureBoot, enableVTPM } = pool.securityProfile ?? {};
      if (enableVTPM !== true) report(`${path}securityProfile.enableVTPM is not true`);
      if (enableSecureBoot !== true && !hasGpus(pool))
        report(`${path}securityProfile.enableSecureBoot is not true`);
    });
  },
};
