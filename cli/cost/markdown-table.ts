import type { CostEstimate, CostItem } from "../../pricing/estimate/cost-estimate.ts";
import { totalOf } from "../../pricing/estimate/estimate-stack.ts";
import { formatUsd, type Range } from "../../pricing/monthly-cost.ts";
import type { Known } from "../../pricing/row-schema.ts";
import { amounts, bounds, quantities } from "./money.ts";

/** An estimate as a table in Markdown; the same thing of several resources is one row. */
export function markdownTable(stack: string, { region, items, total }: CostEstimate): string {
  const shown = items.filter(({ monthlyUsd }) => monthlyUsd === "unknown" || monthlyUsd.maximum > 0);
  const groups = [...Map.groupBy(shown, label).values()];
  const counted = items.filter(({ monthlyUsd }) => monthlyUsd !== "unknown");
  const days = counted
    .map(({ date }) => date)
    .filter((date) => date !== "")
    .sort();
  return [
    `| ${stack}, ${region} | units a month | minimum | expected | maximum |`,
    "|---|---|---:|---:|---:|",
    ...groups.map(row),
    `| **sum of what is known** | | ${bounds.map((bound) => `**${formatUsd(total[bound])}**`).join(" | ")} |`,
    "",
    ...note("Unknown, so not in the sum", unknown(groups)),
    ...note("Price doubtful", doubtful(counted)),
    `Prices read from ${days[0]} to ${days.at(-1)}, USD, without taxes, discounts and free amounts.`,
  ].join("\n");
}

/** Machines and disks are told apart by their pool, everything else by what it is. */
function label({ part, name, what, unit, monthlyUsd }: CostItem): string {
  const own = part === "machines" || part === "GPU machines" || part === "disks";
  return JSON.stringify([own ? name : "", what, unit, monthlyUsd === "unknown"]);
}

function row(items: readonly CostItem[]): string {
  const [first] = items as [CostItem, ...CostItem[]];
  const own = first.part === "machines" || first.part === "GPU machines" || first.part === "disks";
  const times = items.length > 1 ? `${items.length} × ` : "";
  const cost = items.some(({ monthlyUsd }) => monthlyUsd === "unknown") ? "unknown" : totalOf(items);
  const units = `${quantities(sum(items.map(({ quantity }) => quantity)))}, ${first.unit}`;
  return `| ${own ? `${first.name}: ` : times}${first.what} | ${units} | ${amounts(cost).join(" | ")} |`;
}

function sum(quantities: readonly Known<Range>[]): Known<Range> {
  const known = quantities.filter((each) => each !== "unknown");
  if (known.length < quantities.length) return "unknown";
  const total = (bound: keyof Range) => known.reduce((so, each) => so + each[bound], 0);
  return { minimum: total("minimum"), expected: total("expected"), maximum: total("maximum") };
}

function unknown(groups: readonly (readonly CostItem[])[]): string[] {
  return groups.flatMap(([first]) =>
    first?.monthlyUsd === "unknown" ? [`${first.what} (${first.unknown?.reason})`] : [],
  );
}

function doubtful(items: readonly CostItem[]): string[] {
  const reasons = Map.groupBy(items, ({ doubtful }) => doubtful ?? "");
  reasons.delete("");
  return [...reasons].map(
    ([reason, of]) => `${[...new Set(of.map(({ what }) => what))].join(", ")} (${reason})`,
  );
}

function note(title: string, texts: readonly string[]): string[] {
  return texts.length === 0 ? [] : [`${title}: ${texts.join("; ")}.`, ""];
}
