import { type CostEstimate, type CostItem, parts } from "../../pricing/estimate/cost-estimate.ts";
import { totalOf } from "../../pricing/estimate/estimate-stack.ts";
import { formatUsd } from "../../pricing/monthly-cost.ts";
import type { PricedCloud } from "../../pricing/row-schema.ts";
import { type Output, styled, table } from "../output.ts";
import { bounds } from "./money.ts";

/** A stack on one of the clouds. */
export interface CloudColumn {
  cloud: PricedCloud;
  region: string;
  /** GPU pools that the cloud cannot have, with the reason. */
  lacks: { pool: string; why: string }[];
  estimate?: CostEstimate;
  /** Why there is no estimate: what the program says against the stack on this cloud. */
  refused?: string;
}

/** The same stack on each cloud side by side, with the machines that each chose. */
export function printComparison(stack: string, columns: readonly CloudColumn[], output: Output): void {
  output.line(styled("bold", `${stack} on each cloud, USD a month: expected (minimum to maximum)`));
  output.line(
    table([
      ["", ...columns.map(({ cloud, region }) => `${cloud} ${region}`)],
      ...machineRows(columns),
      ...partRows(columns),
      ["SUM OF WHAT IS KNOWN", ...columns.map(sum)],
      row("unknown: price not found", columns, (estimate) => missing(estimate, "price not found")),
      row("unknown: depends on use", columns, (estimate) => missing(estimate, "depends on use")),
      row("doubtful prices in the sum", columns, ({ items }) => String(doubtful(items))),
    ]),
  );
  for (const { cloud, lacks, refused, estimate } of columns) {
    for (const { pool, why } of lacks)
      output.line(`\n${cloud} lacks pool ${pool}, which its sum leaves out: ${why}`);
    if (refused !== undefined) output.line(`\n${cloud}: ${refused}`);
    const opaque = estimate?.notPriced ?? [];
    if (opaque.length > 0)
      output.line(`\n${cloud}: not looked into: ${opaque.map(({ type }) => type).join(", ")}`);
  }
  output.line("\nA sum with more unknown amounts may be lower only because less of it is known.");
}

function row(
  title: string,
  columns: readonly CloudColumn[],
  cell: (estimate: CostEstimate) => string,
): string[] {
  return [title, ...columns.map(({ estimate }) => (estimate === undefined ? "–" : cell(estimate)))];
}

/** A sum that lacks a pool says so: it is not that of the same stack. */
function sum({ estimate, lacks }: CloudColumn): string {
  if (estimate === undefined) return "–";
  const without = lacks.length === 0 ? "" : `, without ${lacks.map(({ pool }) => pool).join(" and ")}`;
  return `${range(estimate.items)}${without}`;
}

/** The machines of each pool; a pool that a cloud lacks has none there. */
function machineRows(columns: readonly CloudColumn[]): string[][] {
  const pools = [
    ...new Set(
      columns.flatMap(({ estimate, lacks }) => [
        ...machines(estimate).keys(),
        ...lacks.map(({ pool }) => pool),
      ]),
    ),
  ];
  return pools.map((pool) => [
    `machines of ${pool}`,
    ...columns.map(({ estimate, lacks }) => {
      if (lacks.some((each) => each.pool === pool)) return "lacks the accelerator";
      return machines(estimate).get(pool) ?? "–";
    }),
  ]);
}

function machines(estimate: CostEstimate | undefined): Map<string, string> {
  const items = (estimate?.items ?? []).filter(({ part }) => part === "machines" || part === "GPU machines");
  return new Map(items.map((item) => [poolName(item), item.what.replace(/^pool \S+: /, "")]));
}

/** Each cloud's resource of a pool is named for it. */
function poolName({ name, what }: CostItem): string {
  return /^pool (\S+): /.exec(what)?.[1] ?? name.replace(/^pool-/, "");
}

function partRows(columns: readonly CloudColumn[]): string[][] {
  return parts
    .filter((part) => columns.some(({ estimate }) => estimate?.items.some((item) => item.part === part)))
    .map((part) => row(part, columns, ({ items }) => range(items.filter((item) => item.part === part))));
}

function range(items: readonly CostItem[]): string {
  if (items.length === 0) return "none";
  if (items.every(({ monthlyUsd }) => monthlyUsd === "unknown")) return "unknown";
  const total = totalOf(items);
  const some = items.some(({ monthlyUsd }) => monthlyUsd === "unknown") ? " + unknown" : "";
  const texts = bounds.map((bound) => formatUsd(total[bound]));
  const same = new Set(texts).size === 1;
  return `${formatUsd(total.expected)}${same ? "" : ` (${texts[0]} to ${texts[2]})`}${some}`;
}

function missing({ unknown }: CostEstimate, reason: string): string {
  return String(unknown.filter(({ unknown: why }) => why?.reason === reason).length);
}

function doubtful(items: readonly CostItem[]): number {
  return items.filter(({ doubtful: why, monthlyUsd }) => why !== undefined && monthlyUsd !== "unknown")
    .length;
}
