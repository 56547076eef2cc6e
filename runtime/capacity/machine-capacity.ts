import { availableParallelism, totalmem } from "node:os";
import { type Capacity, type CapacitySource, otherAccelerator } from "./capacity-source.ts";

export interface MachineCapacityOptions {
  /** GPUs that tasks may use. Default: none. */
  gpus?: number | undefined;
  /** The accelerator's name in `resources.gpuType`. */
  accelerator?: string | undefined;
}

/** What this machine, or the container that the runtime is in, has. Its disk is not counted. */
export function createMachineCapacity({
  gpus = 0,
  accelerator,
}: MachineCapacityOptions = {}): CapacitySource {
  return {
    async read(): Promise<Capacity> {
      const constrained = process.constrainedMemory();
      const amounts = {
        cpu: availableParallelism(),
        // Without a limit it is 0 or larger than the machine's.
        memory: constrained > 0 ? Math.min(constrained, totalmem()) : totalmem(),
        gpus: gpus === 0 ? {} : { [accelerator ?? otherAccelerator]: gpus },
      };
      return { total: amounts, largest: amounts };
    },
  };
}
