import type { Refusal } from "../../pricing/machine-types.ts";
import type { GpuPoolSettings } from "../cloud.ts";

/** The setting of a GPU pool that a refusal of its machine is about. */
export function refusedSetting({ reason }: Refusal): keyof GpuPoolSettings {
  switch (reason) {
    case "no-such-accelerator-count":
      return "count";
    case "machine-type-not-in-table":
    case "machine-type-not-in-region":
    case "machine-type-without-accelerator":
    case "no-machine-large-enough":
      return "machineType";
    default:
      return "accelerator";
  }
}
