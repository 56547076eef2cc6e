import type { GpuNodes, GpuPoolSettings } from "../../cloud.ts";
import type { ExistingSettings } from "./settings.ts";

/** Where pods that ask for a GPU of a pool go: to the nodes with its accelerator's labels. */
export function gpuNodesOf(gpuPools: GpuPoolSettings[], { accelerators }: ExistingSettings) {
  return (pool: string): GpuNodes => {
    const settings = gpuPools.find(({ name }) => name === pool);
    const nodes = settings && accelerators[settings.accelerator];
    if (nodes === undefined) throw new Error(`there is no GPU pool "${pool}"`);
    return {
      nodeSelector: nodes.labels,
      tolerations: nodes.taints.map((key) => ({ key, operator: "Exists" })),
    };
  };
}
