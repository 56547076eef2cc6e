/**
 * Managed disks are billed as the next larger of fixed sizes, in GiB
 * (https://learn.microsoft.com/azure/virtual-machines/disks-types, read 2026-11-28).
 */
const tiers: readonly [tier: number, gib: number][] = [
  [1, 4],
  [2, 8],
  [3, 16],
  [4, 32],
  [6, 64],
  [10, 128],
  [15, 256],
  [20, 512],
  [30, 1024],
  [40, 2048],
  [50, 4096],
  [60, 8192],
  [70, 16_384],
  [80, 32_767],
];

const letters: Record<string, string> = { Premium_LRS: "p", StandardSSD_LRS: "e", Standard_LRS: "s" };

/** The service of the price table; undefined where disks of that kind are billed otherwise, or are that large nowhere. */
export function diskService(kind: string, gib: number): string | undefined {
  const letter = letters[kind];
  const tier = tiers.find(([, size]) => gib <= size)?.[0];
  if (letter === undefined || tier === undefined) return undefined;
  // The smallest standard disk on spinning disks is S4.
  return `disk-${letter}${letter === "s" ? Math.max(tier, 4) : tier}`;
}
