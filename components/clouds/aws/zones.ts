import { getInstanceTypeOfferings } from "@pulumi/aws/ec2/getInstanceTypeOfferings.js";
import { getAvailabilityZones } from "@pulumi/aws/getAvailabilityZones.js";

/** Zones in which EKS puts no control plane (https://docs.aws.amazon.com/eks/latest/userguide/network-reqs.html). */
const WITHOUT_CONTROL_PLANE = ["use1-az3", "usw1-az2", "cac1-az3"];

/** The region's zones that a cluster can be in, in alphabetical order. @throws Error of the cloud. */
export async function readZones(): Promise<string[]> {
  const { names, zoneIds } = await getAvailabilityZones({
    state: "available",
    // Leaves out Local Zones, which have neither NAT gateways nor all machine types.
    filters: [{ name: "opt-in-status", values: ["opt-in-not-required"] }],
  });
  return names.filter((_, index) => !WITHOUT_CONTROL_PLANE.includes(zoneIds[index] ?? "")).sort();
}

/**
 * Machine type → zones of the region that offer it. Undefined: it could not be read. AWS refuses a node group with a
 * zone that lacks its machine type.
 */
export async function readOfferings(machineTypes: string[]): Promise<Map<string, string[]> | undefined> {
  const offered = new Map<string, string[]>();
  if (machineTypes.length === 0) return offered;
  try {
    const { instanceTypes, locations } = await getInstanceTypeOfferings({
      locationType: "availability-zone",
      filters: [{ name: "instance-type", values: [...new Set(machineTypes)].sort() }],
    });
    for (const [index, type] of instanceTypes.entries())
      offered.set(type, [...(offered.get(type) ?? []), locations[index] ?? ""].sort());
    return offered;
  } catch {
    return undefined;
  }
}
