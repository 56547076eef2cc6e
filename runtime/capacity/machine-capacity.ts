import { availableParallelism, totalmem } from "node:os";
import type { Capacity, CapacitySource } from "./capacity-source.ts";
import { nvidiaGpus } from "./nvidia-gpus.ts";

export interface MachineCapacityOptions {
  /** GPUs that tasks may use, by accelerator. Default: those that nvidia-smi tells, none where it does not answer. */
  gpus?: (() => Promise<Record<string, number>>) | undefined;
}

/** What this machine, or the container that the runtime is in, has. Its disk is not counted. */
export function createMachineCapacity({ gpus = nvidiaGpus }: MachineCapacityOptions = {}): CapacitySource {
  // They neither come nor go while the process runs.
  let known: Promise<Record<string, number>> | undefined;
  return {
    async read(): Promise<Capacity> {
      known ??= gpus();
      const constrained = process.constrainedMemory();
      const amounts = {
        cpu: availableParallelism(),
        // Without a limit it is 0 or larger than the machine's.
        memory: constrained > 0 ? Math.min(constrained, totalmem()) : totalmem(),
        gpus: await known,
      };
      return { total: amounts, largest: amounts };
    },
  };
}
