import { machineOffers } from "../machine-offers.ts";
import { hoursPerMonth, type Range } from "../monthly-cost.ts";
import type { PricedCloud } from "../row-schema.ts";
import type { EstimateInput } from "./cost-estimate.ts";
import { type Amount, allMonth, type Meter, mapRange, type NodePool, notKnownYet } from "./meter.ts";
import { notYet } from "./read-property.ts";
import { type Usage, useOf } from "./usage.ts";

/** Without a word about its use, a node with an accelerator that may come and go is expected for a quarter of the time. */
const EXPECTED_SHARE = 0.25;

export interface PoolNodes {
  amount: Amount;
  assumption?: string;
}

/** How many nodes a pool has, all month long. */
export function poolNodes(
  pool: NodePool,
  resource: EstimateInput,
  accelerated: boolean,
  usage: Usage | undefined,
): PoolNodes {
  const { size } = pool;
  if (size.minimum === notYet || size.desired === notYet || size.maximum === notYet)
    return { amount: notKnownYet("the size of the pool") };
  const minimum = size.minimum ?? size.desired ?? 0;
  const maximum = Math.max(size.maximum ?? size.desired ?? minimum, minimum);
  const within = (count: number): Range => ({
    minimum,
    expected: Math.min(Math.max(count, minimum), maximum),
    maximum,
  });
  const told = useOf(usage, resource, "expectedNodes");
  if (told !== undefined) return { amount: within(told) };
  if (!accelerated || minimum === maximum) return { amount: within(size.desired ?? minimum) };
  const hours = useOf(usage, resource, "gpuNodeHours");
  if (hours !== undefined) return { amount: within(hours / hoursPerMonth) };
  if ((size.desired ?? 0) > minimum + EXPECTED_SHARE) return { amount: within(size.desired ?? minimum) };
  return {
    amount: within(minimum + EXPECTED_SHARE),
    assumption: "expected: one node beyond the minimum for a quarter of the month",
  };
}

/** Whether any of its machines has an accelerator. */
export function isAccelerated(pool: NodePool, cloud: PricedCloud): boolean {
  if (pool.attached !== undefined) return true;
  if (pool.machineTypes === notYet) return false;
  const types = pool.machineTypes;
  return machineOffers(cloud).some(
    (offer) =>
      types.includes(offer.machineType) && offer.accelerator !== undefined && !offer.acceleratorAttached,
  );
}

/** Its machines and their disks. */
export function poolMeters(pool: NodePool, nodes: PoolNodes, accelerated: boolean): Meter[] {
  const prefix = pool.name === undefined ? "" : `pool ${pool.name}: `;
  const assumption = nodes.assumption === undefined ? {} : { assumption: nodes.assumption };
  return [
    { ...machineMeter(pool, nodes, prefix), part: accelerated ? "GPU machines" : "machines", ...assumption },
    ...pool.disks.map((disk): Meter => {
      const { perNode } = disk;
      const amount =
        perNode === notYet
          ? notKnownYet("the size of the disk")
          : mapRange(nodes.amount, (count) => count * perNode);
      return {
        part: "disks",
        what: `${prefix}${disk.what} of each node`,
        amount,
        ...(disk.service !== undefined && { service: disk.service }),
        ...(disk.assumption !== undefined && { assumption: disk.assumption }),
      };
    }),
  ];
}

function machineMeter(pool: NodePool, nodes: PoolNodes, prefix: string): Omit<Meter, "part"> {
  const { machineTypes, purchase, attached } = pool;
  if (machineTypes === notYet || machineTypes.length === 0)
    return {
      what: `${prefix}machines of a type that is not known yet`,
      amount: notKnownYet("the machine type"),
    };
  const types = machineTypes.join(" or ");
  if (purchase === notYet)
    return { what: `${prefix}${types}`, amount: notKnownYet("whether it is spot or on-demand") };
  const gpus = attached === undefined ? "" : ` with ${attached.count} × ${attached.accelerator}`;
  return {
    what: `${prefix}${types}${gpus}, ${purchase}`,
    amount: allMonth(nodes.amount),
    machine: { machineTypes, attached, purchase },
  };
}
