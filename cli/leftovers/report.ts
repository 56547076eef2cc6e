import { formatUsd } from "../../pricing/monthly-cost.ts";
import type { PricedCloud } from "../../pricing/row-schema.ts";
import { type Output, table } from "../output.ts";
import type { ResourceState } from "../pulumi.ts";
import type { Leftover, Listing, Refusal } from "./leftover.ts";
import { type PricedLeftover, priceLeftovers } from "./price-leftovers.ts";

/** What a cloud still holds of a stack. */
export interface LeftoverReport {
  /** What nobody wants: leaks, and what a destroy did not reach. */
  left: PricedLeftover[];
  /** What the stack's configuration keeps when it is destroyed. */
  retained: PricedLeftover[];
  /** What goes by itself, or stays by design at no cost. */
  lingering: PricedLeftover[];
  /** Of what is left, USD a month. */
  cost: { known: number; unknown: number };
  refusals: Refusal[];
}

/** Sorts what was found; `retained` are the resources that a destroy leaves on purpose. */
export function reportLeftovers(
  cloud: PricedCloud,
  { found, refusals }: Listing,
  retained: readonly ResourceState[],
): LeftoverReport {
  const priced = priceLeftovers(cloud, found);
  const lingering = priced.filter((each) => each.lingering !== undefined);
  const others = priced.filter((each) => each.lingering === undefined);
  const isRetained = (each: Leftover) => retained.some((resource) => isOf(resource, each));
  const left = others.filter((each) => !isRetained(each));
  return withCost({ left, lingering, refusals, retained: others.filter(isRetained) });
}

/** The report with the sum over what is left. */
export function withCost(report: Omit<LeftoverReport, "cost">): LeftoverReport {
  const prices = report.left.map(({ monthlyUsd }) => monthlyUsd);
  const known = prices.reduce<number>((sum, price) => (price === "unknown" ? sum : sum + price), 0);
  return { ...report, cost: { known, unknown: prices.filter((price) => price === "unknown").length } };
}

/** Those of what is left that bill, or may. */
export function billable({ left }: LeftoverReport): PricedLeftover[] {
  return left.filter(({ monthlyUsd }) => monthlyUsd !== 0);
}

/** Whether it is the resource of a stack's state, or holds it (a storage account its containers). */
export function isOf({ id, outputs }: ResourceState, leftover: Leftover): boolean {
  const names = [id, outputs?.arn]
    .filter((name) => typeof name === "string")
    .map((name) => name.toLowerCase());
  const own = [leftover.address, leftover.id].map((name) => name.toLowerCase());
  return names.some((name) => own.includes(name) || name.startsWith(`${own[0]}/`));
}

/** For people; what is not there is not mentioned. */
export function printReport(
  { left, retained, lingering, cost, refusals }: LeftoverReport,
  output: Output,
): void {
  printTable("LEFT", left, output);
  if (left.length > 0) {
    const missing = cost.unknown === 0 ? "" : `, and ${cost.unknown} at an unknown price`;
    output.line(`${left.length} resources, ${formatUsd(cost.known)} a month${missing}. To remove them:`);
    for (const { removal } of left) output.line(`  ${removal}`);
    output.line();
  }
  printTable("KEPT BY THE CONFIGURATION", retained, output);
  if (lingering.length > 0) {
    const rows = lingering.map(({ type, id, region, lingering: why }) => [
      type,
      id,
      region,
      why?.until ?? "",
      why?.why ?? "",
    ]);
    output.line(table([["LINGERING", "ID", "REGION", "UNTIL", "WHY"], ...rows]));
    output.line();
  }
  for (const { question, reason, remedy } of refusals)
    output.line(`unknown: ${question}: ${reason}\n  to know: ${remedy}`);
}

function printTable(title: string, leftovers: PricedLeftover[], output: Output): void {
  if (leftovers.length === 0) return;
  const rows = leftovers.map(({ type, id, region, monthlyUsd, doubtful }) => [
    type,
    id,
    region,
    `${formatUsd(monthlyUsd)}${doubtful === undefined ? "" : ` (doubtful: ${doubtful})`}`,
  ]);
  output.line(table([[title, "ID", "REGION", "A MONTH"], ...rows]));
  output.line();
}
