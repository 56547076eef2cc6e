import type {
  AllocationAnswer,
  AllocationProblem,
  AllocationRefusal,
} from "../../runtime/planning/allocation/allocation.ts";
import { type Output, styled, table } from "../output.ts";

/** An allocation as text: a row for each task, what it costs, and which resource is short. */
export function reportAllocation(
  output: Output,
  { tasks }: AllocationProblem,
  answer: AllocationAnswer | AllocationRefusal,
): void {
  if (answer.status === "infeasible") {
    for (const reason of answer.reasons) output.line(styled("red", reason));
    return;
  }
  const rows = answer.stages.flatMap((names, stage) =>
    names.map((name) => [
      String(stage + 1),
      name,
      String(tasks[name]?.demand ?? 0),
      Object.entries(answer.amounts[name] ?? {})
        .map(([resource, amount]) => `${amount} ${resource}`)
        .join(", "),
    ]),
  );
  output.line(table([["STAGE", "TASK", "DEMAND", "GETS"], ...rows]));
  output.line();
  output.line(`costs ${answer.cost}, the least there is`);
  for (const { resource, stage, saves } of answer.shadowPrices)
    output.line(`${resource} is all used in stage ${stage}: one more would save ${saves}`);
}
