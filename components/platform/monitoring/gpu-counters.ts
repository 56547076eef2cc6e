/**
 * What DCGM measures without the right to profile: name, kind, meaning, as in NVIDIA/dcgm-exporter,
 * etc/default-counters.csv.
 */
const counters: [name: string, kind: "gauge" | "counter", help: string][] = [
  ["DCGM_FI_DEV_GPU_UTIL", "gauge", "GPU utilization (in %)."],
  ["DCGM_FI_DEV_MEM_COPY_UTIL", "gauge", "Memory utilization (in %)."],
  ["DCGM_FI_DEV_FB_USED", "gauge", "Framebuffer memory used (in MiB)."],
  ["DCGM_FI_DEV_FB_FREE", "gauge", "Framebuffer memory free (in MiB)."],
  ["DCGM_FI_DEV_GPU_TEMP", "gauge", "GPU temperature (in C)."],
  ["DCGM_FI_DEV_POWER_USAGE", "gauge", "Power draw (in W)."],
  ["DCGM_FI_DEV_TOTAL_ENERGY_CONSUMPTION", "counter", "Total energy consumption since boot (in mJ)."],
  ["DCGM_FI_DEV_XID_ERRORS", "gauge", "Value of the last XID error encountered."],
  ["DCGM_FI_DEV_UNCORRECTABLE_REMAPPED_ROWS", "counter", "Number of remapped rows for uncorrectable errors"],
  ["DCGM_FI_DEV_ROW_REMAP_FAILURE", "gauge", "Whether remapping of rows has failed"],
];

export const gpuMetricNames: readonly string[] = counters.map(([name]) => name);

/** The exporter's file. */
export function gpuCounters(): string {
  // A comma would begin a new field.
  return counters.map(([name, kind, help]) => `${name}, ${kind}, ${help.replaceAll(",", ";")}\n`).join("");
}
