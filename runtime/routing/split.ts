import type { SplitRoute } from "./route.ts";

/** A target with the chance of its weight. */
export function chooseBySplit({ weights }: SplitRoute, random: () => number): string {
  const entries = Object.entries(weights).filter(([, weight]) => weight > 0);
  let point = random() * entries.reduce((sum, [, weight]) => sum + weight, 0);
  for (const [target, weight] of entries) {
    point -= weight;
    if (point < 0) return target;
  }
  // Rounding.
  return entries.at(-1)?.[0] as string;
}
