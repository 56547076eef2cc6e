import type { PricedCloud } from "./row-schema.ts";

export interface Accelerator {
  /** Name in configuration. */
  name: string;
  /** Memory of one GPU in GiB as its maker states it, of the smallest variant; drivers report slightly less. */
  memoryGib: number;
  /**
   * What each cloud calls it: the accelerator type to attach (gcp), the model that descriptions of machine types
   * name (aws, azure). Absent where no machine of the cloud in the table has it.
   */
  cloudNames: Partial<Record<PricedCloud, string>>;
  /** Where memory and names were read. */
  source: string;
}

const google = "https://cloud.google.com/compute/docs/gpus, read 2026-11-21";
const amazon = "https://gist.github.com/shashankprasanna/10ebe6dc1ba1d8d93db17da4e2cc890e, read 2026-11-21";
const rapids =
  "https://raw.githubusercontent.com/rapidsai/deployment/refs/heads/main/source/cloud/aws/index.md, read 2026-11-21";
const huggingFace = "https://huggingface.co/hardware/l40s, read 2026-11-21";
const lenovo =
  "https://lenovopress.lenovo.com/lp2226-thinksystem-nvidia-b200-180gb-1000w-gpu (named in a citation)";
const microsoft =
  "MicrosoftDocs/azure-compute-docs:articles/virtual-machines/sizes/gpu-accelerated/nvadsa10v5-series.md at 2bc777fdc35cfa8d7819d78bc493e8a43af77955";

/** Every accelerator of the port, from the smallest memory to the largest. */
export const accelerators: readonly Accelerator[] = [
  { name: "p4", memoryGib: 8, cloudNames: { gcp: "nvidia-tesla-p4" }, source: google },
  {
    name: "t4",
    memoryGib: 16,
    cloudNames: { aws: "T4", azure: "T4", gcp: "nvidia-tesla-t4" },
    source: `${google}; ${rapids}`,
  },
  { name: "p100", memoryGib: 16, cloudNames: { gcp: "nvidia-tesla-p100" }, source: google },
  { name: "v100", memoryGib: 16, cloudNames: { gcp: "nvidia-tesla-v100" }, source: google },
  { name: "a10", memoryGib: 24, cloudNames: { azure: "A10" }, source: microsoft },
  { name: "a10g", memoryGib: 24, cloudNames: { aws: "A10G" }, source: amazon },
  { name: "l4", memoryGib: 24, cloudNames: { aws: "L4", gcp: "nvidia-l4" }, source: `${google}; ${rapids}` },
  {
    name: "a100-40",
    memoryGib: 40,
    cloudNames: { aws: "A100", azure: "A100", gcp: "nvidia-tesla-a100" },
    source: `${google}; ${amazon}`,
  },
  { name: "l40s", memoryGib: 48, cloudNames: { aws: "L40S" }, source: huggingFace },
  {
    name: "a100-80",
    memoryGib: 80,
    cloudNames: { aws: "A100-80GB", azure: "A100-80GB", gcp: "nvidia-a100-80gb" },
    source: google,
  },
  {
    name: "h100",
    memoryGib: 80,
    cloudNames: { aws: "H100", azure: "H100", gcp: "nvidia-h100-80gb" },
    source: google,
  },
  { name: "h100-mega", memoryGib: 80, cloudNames: { gcp: "nvidia-h100-mega-80gb" }, source: google },
  {
    name: "h200",
    memoryGib: 141,
    cloudNames: { aws: "H200", azure: "H200", gcp: "nvidia-h200-141gb" },
    source: google,
  },
  {
    name: "b200",
    memoryGib: 180,
    cloudNames: { aws: "B200", gcp: "nvidia-b200" },
    source: `${google}; ${lenovo}`,
  },
];

/** The accelerator of that name, or undefined. */
export function findAccelerator(name: string): Accelerator | undefined {
  return accelerators.find((accelerator) => accelerator.name === name);
}
