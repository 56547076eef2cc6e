import type { PricedCloud } from "./row-schema.ts";

export type RefusalReason =
  | "region-not-in-table"
  | "unknown-accelerator"
  | "accelerator-not-in-cloud"
  | "accelerator-not-in-region"
  | "no-such-accelerator-count"
  | "no-machine-large-enough"
  | "machine-type-not-in-table"
  | "machine-type-not-in-region"
  | "machine-type-without-accelerator";

export interface NearAccelerator {
  accelerator: string;
  /** Memory of one GPU in GiB. */
  memoryGib: number;
  /** How many GPUs machines of the region have, ascending. */
  counts: number[];
}

/** Why no machine type was chosen, and what could be asked for instead. Lists are empty where nothing fits. */
export interface Refusal {
  kind: "refusal";
  reason: RefusalReason;
  cloud: PricedCloud;
  region: string;
  accelerator?: string;
  acceleratorCount?: number;
  machineType?: string;
  minimumVcpus?: number;
  minimumMemoryGib?: number;
  /** Regions of the same cloud that have what was asked for; for an unknown region, every region of the table. */
  regions: string[];
  /** Accelerators in the same region, nearest by GPU memory first. */
  nearestAccelerators: NearAccelerator[];
  /** Counts of the accelerator that machines of the region have. */
  counts: number[];
  /** Machine types of the region that have what was asked for, or the largest ones. */
  machineTypes: string[];
}

/** What is wrong and what is allowed, in one line for an error message. */
export function refusalMessage(refusal: Refusal): string {
  const alternatives = [
    listed("regions with it", refusal.regions),
    listed(machineTypeLabel(refusal.reason), refusal.machineTypes),
    listed("counts there", refusal.counts.map(formatCount)),
    listed(
      refusal.reason === "unknown-accelerator" ? "accelerators there" : "nearest accelerators there",
      refusal.nearestAccelerators.map(
        (near) =>
          `${near.accelerator} (${near.memoryGib} GiB, ${near.counts.map(formatCount).join(" or ")} a machine)`,
      ),
    ),
  ].filter((text) => text !== "");
  return [statement(refusal), ...alternatives].join("; ");
}

function statement(refusal: Refusal): string {
  const { cloud, region, accelerator, machineType } = refusal;
  switch (refusal.reason) {
    case "region-not-in-table":
      return `${cloud} region "${region}" is not in the price table`;
    case "unknown-accelerator":
      return `accelerator "${accelerator}" is not known`;
    case "accelerator-not-in-cloud":
      return `${cloud} has no machine type with accelerator ${accelerator} in the price table`;
    case "accelerator-not-in-region":
      return `${cloud} has no machine type with accelerator ${accelerator} in ${region}`;
    case "no-such-accelerator-count":
      return `no machine type in ${cloud} ${region} has exactly ${formatCount(refusal.acceleratorCount ?? 1)} × ${accelerator}`;
    case "no-machine-large-enough":
      return `no machine type in ${cloud} ${region}${accelerator ? ` with ${accelerator}` : ""} has ${size(refusal)}`;
    case "machine-type-not-in-table":
      return `machine type "${machineType}" is not in the price table of ${cloud}`;
    case "machine-type-not-in-region":
      return `machine type ${machineType} is not in ${cloud} ${region}`;
    case "machine-type-without-accelerator":
      return `machine type ${machineType} does not have ${wanted(refusal)}`;
  }
}

function machineTypeLabel(reason: RefusalReason): string {
  if (reason === "no-machine-large-enough") return "largest there";
  return reason === "machine-type-not-in-table" ? "in the table there" : "machine types with it there";
}

function wanted(refusal: Refusal): string {
  const times = refusal.acceleratorCount === undefined ? "" : `${formatCount(refusal.acceleratorCount)} × `;
  return `${times}${refusal.accelerator}`;
}

function size(refusal: Refusal): string {
  return [
    refusal.minimumVcpus === undefined ? "" : `${refusal.minimumVcpus} vCPUs`,
    refusal.minimumMemoryGib === undefined ? "" : `${refusal.minimumMemoryGib} GiB of memory`,
  ]
    .filter((text) => text !== "")
    .join(" and ");
}

function listed(what: string, values: readonly string[]): string {
  return values.length === 0 ? "" : `${what}: ${values.join(", ")}`;
}

function formatCount(count: number): string {
  return Number.isInteger(count) ? String(count) : `1/${Math.round(1 / count)}`;
}
