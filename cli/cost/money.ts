import { formatUsd, type Range } from "../../pricing/monthly-cost.ts";
import type { Known } from "../../pricing/row-schema.ts";

export const bounds = ["minimum", "expected", "maximum"] as const;

/** The three amounts as columns; the word unknown in each where they are. */
export function amounts(monthlyUsd: Known<Range>): string[] {
  return bounds.map((bound) => formatUsd(monthlyUsd === "unknown" ? "unknown" : monthlyUsd[bound]));
}

/** With its sign, for differences. */
export function signed(amount: number): string {
  const rounded = Math.abs(amount) < 0.005 ? 0 : amount;
  return rounded > 0 ? `+${formatUsd(rounded)}` : formatUsd(rounded);
}

/** The same number three times is one number. */
export function quantities(quantity: Known<Range>): string {
  if (quantity === "unknown") return "unknown";
  const texts = bounds.map((bound) => quantity[bound].toLocaleString("en-US", { maximumFractionDigits: 2 }));
  return new Set(texts).size === 1 ? `${texts[0]}` : texts.join(" / ");
}
