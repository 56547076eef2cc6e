/** Families of machine types with GPUs, by each cloud's names, and the accelerator by its name in pricing/accelerators.ts. */
const families: readonly [RegExp, string][] = [
  [/^g4dn\./, "t4"],
  [/^g5\./, "a10g"],
  [/^(g6|gr6)\./, "l4"],
  [/^g6e\./, "l40s"],
  [/^p3(dn)?\./, "v100"],
  [/^p4d\./, "a100-40"],
  [/^p4de\./, "a100-80"],
  [/^p5\./, "h100"],
  [/^p5en?\./, "h200"],
  [/^p6-b200\./, "b200"],
  [/^Standard_NC\d+as_T4_v3$/, "t4"],
  [/^Standard_NC\d+r?s_v3$/, "v100"],
  [/^Standard_N[CV]\d+ads_A10_v[45]$/, "a10"],
  [/^Standard_ND\d+asr_v4$/, "a100-40"],
  [/^Standard_N[CD]\d+(ads|amsr)_A100_v4$/, "a100-80"],
  [/^Standard_N[CC]C?\d+(ads|adis|eds)_H100_v5$/, "h100"],
  [/^Standard_ND\d+isr_H100_v5$/, "h100"],
  [/^Standard_ND\d+isr_H200_v5$/, "h200"],
  [/^g2-/, "l4"],
  [/^a2-ultragpu-/, "a100-80"],
  [/^a2-/, "a100-40"],
  [/^a3-mega/, "h100-mega"],
  [/^a3-ultra/, "h200"],
  [/^a3-/, "h100"],
  [/^a4-/, "b200"],
];

/** Machine types that have some accelerator, though the table above may not know which. */
const someAccelerator = /^(g\d\w*|p\d\w*(-\w+)?|inf\d|trn\d\w*|dl\d\w*|vt\d)\.|^Standard_N|^(a\d|g\d)-/;

const googleNames: Record<string, string> = {
  "nvidia-tesla-p4": "p4",
  "nvidia-tesla-t4": "t4",
  "nvidia-tesla-p100": "p100",
  "nvidia-tesla-v100": "v100",
  "nvidia-l4": "l4",
  "nvidia-tesla-a100": "a100-40",
  "nvidia-a100-80gb": "a100-80",
  "nvidia-h100-80gb": "h100",
  "nvidia-h100-mega-80gb": "h100-mega",
  "nvidia-h200-141gb": "h200",
  "nvidia-b200": "b200",
};

/** The accelerator of a machine type; one that is not in the table is named by its type. Undefined: it has none. */
export function acceleratorOf(machineType: string): string | undefined {
  const known = families.find(([family]) => family.test(machineType));
  if (known !== undefined) return known[1];
  return someAccelerator.test(machineType) ? machineType : undefined;
}

/** The accelerator by Google's name for it. */
export function acceleratorByGoogleName(name: string): string {
  return googleNames[name] ?? name;
}
