import { durationText } from "../../runtime/planning/answer/duration-text.ts";
import type {
  CapacityAnswer,
  PoolChoice,
  PoolsAnswer,
  WhatIf,
} from "../../runtime/planning/capacity-planning/capacity-answer.ts";
import type { Offer } from "../../runtime/planning/capacity-planning/capacity-request.ts";
import { type Output, styled, table } from "../output.ts";

/** Nodes to have, as text: the best mixture, the best of each cloud, and what one node more or less would do. */
export function reportCapacity(output: Output, answer: CapacityAnswer): void {
  for (const reason of answer.reasons) output.line(styled("red", reason));
  if (answer.best !== undefined) reportBest(output, answer.best);
  const clouds = Object.entries(answer.byCloud);
  if (clouds.length > 1) {
    output.line();
    output.line(table([["CLOUD", "POOLS", "USD A DAY", "SLOWEST RUN"], ...clouds.map(cloudRow)]));
  }
  if (answer.whatIf.length > 0) {
    output.line();
    output.line(
      table([["WHAT IF", "USD A DAY", "SLOWEST RUN", "DEADLINES"], ...answer.whatIf.map(whatIfRow)]),
    );
  }
  if (answer.unpriced.length > 0) {
    output.line();
    output.line(`price unknown, not compared: ${[...new Set(answer.unpriced.map(nameOf))].join(", ")}`);
  }
}

function reportBest(output: Output, best: PoolsAnswer): void {
  output.line(`${money(best.usdPerDay)} USD a day, ${money(best.usdPerMonth)} a month`);
  output.line();
  const rows = best.pools.map((pool) => [
    pool.group,
    `${pool.nodes} × ${nameOf(pool.offer)}`,
    Number(pool.nodeHoursPerDay.toFixed(2)).toString(),
    money(pool.usdPerDay),
    `${Number((pool.utilisation * 100).toFixed(1))} %`,
    sourceOf(pool.offer),
  ]);
  output.line(table([["TASKS", "NODES", "HOURS A DAY", "USD A DAY", "USED", "PRICE"], ...rows]));
  output.line();
  for (const { workload, makespan, deadline } of best.workloads)
    output.line(
      `${workload}: a run takes ${durationText(makespan)}${deadline === undefined ? "" : ` of ${durationText(deadline)}`}`,
    );
}

function cloudRow([cloud, answer]: [string, PoolsAnswer | undefined]): string[] {
  if (answer === undefined) return [cloud, "none will do", "", ""];
  return [cloud, answer.pools.map(poolText).join(", "), money(answer.usdPerDay), slowest(answer)];
}

function whatIfRow({ group, change, result }: WhatIf): string[] {
  const what = `one ${change > 0 ? "more" : "less"} for ${group}`;
  if (result === undefined) return [what, "", "", "some task would not fit"];
  const verdict = result.isOverloaded ? "too full" : result.meetsDeadlines ? "met" : "missed";
  return [what, money(result.usdPerDay), slowest(result), verdict];
}

function poolText({ nodes, offer }: PoolChoice): string {
  return `${nodes} × ${nameOf(offer)}`;
}

function nameOf({ cloud, machineType, accelerator, acceleratorCount, spot }: Offer): string {
  const gpus = accelerator === undefined ? "" : ` (${acceleratorCount} ${accelerator})`;
  return `${cloud} ${machineType}${gpus}${spot ? " spot" : ""}`;
}

function sourceOf({ usdPerHour, sources, doubtful }: Offer): string {
  const days = [...new Set(sources.map(({ retrieved }) => retrieved))].join(", ");
  const price = usdPerHour === "unknown" ? usdPerHour : Number(usdPerHour.toFixed(4));
  return `${price}/h${days === "" ? "" : ` of ${days}`}${doubtful === undefined ? "" : `, doubtful: ${doubtful}`}`;
}

function slowest({ workloads }: PoolsAnswer): string {
  return durationText(Math.max(...workloads.map(({ makespan }) => makespan)));
}

function money(usd: number): string {
  return usd.toFixed(2);
}
