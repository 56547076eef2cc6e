import type { EstimateDifference } from "../../pricing/estimate/compare-estimates.ts";
import type { CostEstimate, CostItem } from "../../pricing/estimate/cost-estimate.ts";
import { formatUsd } from "../../pricing/monthly-cost.ts";
import { type Output, styled, table } from "../output.ts";
import { amounts, bounds, quantities, signed } from "./money.ts";

/** The estimate for people: what is known as a table, then what is not, and why. */
export function printEstimate(stack: string, estimate: CostEstimate, output: Output): void {
  const { cloud, region, items, total } = estimate;
  const known = items.filter(({ monthlyUsd }) => monthlyUsd !== "unknown" && monthlyUsd.maximum !== 0);
  const rows = known.map(({ part, name, what, unit, quantity, monthlyUsd }) => [
    part,
    name,
    what,
    `${quantities(quantity)} ${unit}`,
    ...amounts(monthlyUsd),
  ]);
  output.line(
    styled("bold", `${stack} on ${cloud ?? "no priced cloud"}${region ? `, ${region}` : ""}, USD a month`),
  );
  output.line(
    table([
      ["PART", "RESOURCE", "WHAT", "UNITS A MONTH", "MINIMUM", "EXPECTED", "MAXIMUM"],
      ...rows,
      ["", "", "sum of what is known", "", ...bounds.map((bound) => formatUsd(total[bound]))],
    ]),
  );
  printUnknown(estimate, output);
  printNotes(estimate, output);
}

/** One line a reason and resource: what is missing from the sum. */
function printUnknown({ unknown, notPriced, unusedUsage }: CostEstimate, output: Output): void {
  const reasons = Map.groupBy(unknown, ({ unknown: why }) => why?.reason ?? "price not found");
  for (const [reason, items] of reasons) {
    output.line();
    output.line(styled("yellow", `Unknown, so not in the sum: ${reason}`));
    for (const [name, of] of Map.groupBy(items, ({ name }) => name))
      output.line(`  ${name}: ${[...new Set(of.map(({ what }) => what))].join("; ")}`);
    if (reason === "depends on use")
      output.line("  A usage file tells it: --usage stacks/usage.example.yaml, or your own");
  }
  if (notPriced.length > 0) {
    output.line();
    output.line(styled("yellow", "Not looked into:"));
    for (const { type, names, why } of notPriced) output.line(`  ${type} (${names.join(", ")}): ${why}`);
  }
  if (unusedUsage.length > 0)
    output.line(`\nThe usage file names what is not in this stack: ${unusedUsage.join(", ")}`);
}

function printNotes({ items }: CostEstimate, output: Output): void {
  const machines = items.filter(({ otherPurchases }) => otherPurchases !== undefined);
  if (machines.length > 0) {
    output.line("\nThe same machines bought otherwise, expected:");
    for (const item of machines) output.line(`  ${item.name} (${item.what}): ${otherwise(item)}`);
  }
  const counted = items.filter(({ monthlyUsd }) => monthlyUsd !== "unknown");
  printTexts("Assumed", counted, ({ assumption }) => assumption, output);
  printTexts("Price doubtful", counted, ({ doubtful }) => doubtful, output);
  const days = counted
    .map(({ date }) => date)
    .filter((date) => date !== "")
    .sort();
  if (days.length > 0)
    output.line(
      `\nPrices read from ${days[0]} to ${days.at(-1)}, without taxes, discounts and free amounts; sources: --json.`,
    );
}

function printTexts(
  title: string,
  items: readonly CostItem[],
  textOf: (item: CostItem) => string | undefined,
  output: Output,
): void {
  const groups = Map.groupBy(items, (item) => textOf(item) ?? "");
  groups.delete("");
  if (groups.size === 0) return;
  output.line(`\n${title}:`);
  for (const [text, of] of groups)
    output.line(`  ${[...new Set(of.map(({ name }) => name))].join(", ")}: ${text}`);
}

function otherwise({ otherPurchases = [] }: CostItem): string {
  return otherPurchases
    .map(({ purchase, monthlyUsd, doubtful }) => {
      const amount = monthlyUsd === "unknown" ? "unknown" : formatUsd(monthlyUsd.expected);
      return `${purchase} ${amount}${doubtful === undefined ? "" : " (doubtful)"}`;
    })
    .join(", ");
}

/** What a change of the stack does to its cost. @param revision what it is compared with. */
export function printDifference(difference: EstimateDifference, revision: string, output: Output): void {
  const { before, after, change, resources } = difference;
  output.line(styled("bold", `\nAgainst ${revision}, USD a month`));
  if (resources.length === 0) {
    output.line("Nothing costs more or less than there.");
    return;
  }
  const rows = resources.map((each) => {
    const detail = [
      ...each.noLongerBilled.map((what) => `- ${what}`),
      ...each.nowBilled.map((what) => `+ ${what}`),
    ];
    const changes = bounds.map((bound) => signed(each.after[bound] - each.before[bound]));
    return [each.change, each.name, ...changes, detail.join("; ")];
  });
  output.line(
    table([
      ["CHANGE", "RESOURCE", "MINIMUM", "EXPECTED", "MAXIMUM", "WHAT"],
      ...rows,
      ["", "sum", ...bounds.map((bound) => signed(change[bound])), ""],
    ]),
  );
  output.line(`Expected: ${formatUsd(before.expected)} → ${formatUsd(after.expected)}`);
  const unknown = resources.filter((each) => each.unknown.length > 0).map(({ name }) => name);
  if (unknown.length > 0)
    output.line(`With unknown amounts, which the difference leaves out: ${unknown.join(", ")}`);
}
