import type { CloudSettings } from "../../../components/cloud-settings.ts";
import type { RecordOptions } from "../../../simulator/recording/record-program.ts";

/**
 * Makes one recording of each program, as the tests of a file ask for the same stack many times and only read what it
 * registers. What holds functions is recorded every time: nothing tells two functions apart.
 */
export function recordedOnce<Recording>(
  record: (settings: CloudSettings, options: RecordOptions) => Promise<Recording>,
): (settings: CloudSettings, options?: RecordOptions) => Promise<Recording> {
  const recordings = new Map<string, Promise<Recording>>();
  return async (settings, options = {}) => {
    if (holdsFunction([settings, options])) return await record(settings, options);
    const key = JSON.stringify([settings, options]);
    const recording = recordings.get(key) ?? record(settings, options);
    recordings.set(key, recording);
    return await recording;
  };
}

function holdsFunction(value: unknown): boolean {
  if (typeof value === "function") return true;
  return typeof value === "object" && value !== null && Object.values(value).some(holdsFunction);
}
