import type { Command } from "commander";
import type { PoolStatus } from "../../runtime/workflows/admission/create-admission.ts";
import { formatAmount, type ResourceName } from "../../runtime/workflows/resources.ts";
import { begin, type RuntimeOptions, withRuntimeOptions } from "../options.ts";
import { styled, table } from "../output.ts";
import { connect } from "../runtime-client.ts";

export function addPoolsCommand(program: Command): void {
  withRuntimeOptions(program.command("pools"))
    .description("pools of scarce resources: what there is, which tasks hold some, which wait")
    .action(showPools);
}

async function showPools(options: RuntimeOptions): Promise<void> {
  const output = begin(options);
  const { client } = await connect(options);
  const answer = await client.request<{ pools: PoolStatus[] }>("GET", "/v1/pools");
  output.document(answer);
  if (output.json) return;
  for (const pool of answer.pools) output.line(describePool(pool));
}

/** The pool's amounts, then one line for each task that holds or waits. */
export function describePool({ name, total, holders, waiting }: PoolStatus): string {
  const { gpus, ...others } = total;
  const amounts = [
    ...amountsOf(others),
    ...Object.entries(gpus).map(([accelerator, count]) => `gpu/${accelerator} ${count}`),
  ];
  const heading = `${styled("bold", name)}: ${amounts.join(", ") || "nothing is known of it, so nothing is limited"}`;
  const rows = [
    ...holders.map(({ run, workflow, task, grant }) => [
      "holds",
      run,
      workflow,
      task,
      amountsOf(grant).join(", "),
    ]),
    ...waiting.map(({ run, workflow, task, resources }) => [
      "waits",
      run,
      workflow,
      task,
      rangesOf(resources),
    ]),
  ];
  return rows.length === 0
    ? heading
    : `${heading}\n${table([["", "RUN", "WORKFLOW", "TASK", "RESOURCES"], ...rows])}`;
}

function amountsOf(amounts: Partial<Record<ResourceName, number>>): string[] {
  return Object.entries(amounts).flatMap(([resource, amount]) =>
    typeof amount === "number" ? [`${resource} ${formatAmount(resource as ResourceName, amount)}`] : [],
  );
}

function rangesOf(resources: PoolStatus["waiting"][number]["resources"]): string {
  return Object.entries(resources)
    .flatMap(([resource, range]) => {
      if (typeof range !== "object") return [];
      const [least, most] = [range.minimum, range.maximum].map((one) =>
        formatAmount(resource as ResourceName, one),
      );
      return [`${resource} ${least === most ? least : `${least} to ${most}`}`];
    })
    .join(", ");
}
