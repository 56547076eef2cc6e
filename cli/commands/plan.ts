import type { Command } from "commander";
import { allocate } from "../../runtime/planning/allocation/allocate.ts";
import { parseAllocation } from "../../runtime/planning/allocation/parse-allocation.ts";
import { ganttMermaid } from "../../runtime/planning/answer/gantt-mermaid.ts";
import { ganttSvg } from "../../runtime/planning/answer/gantt-svg.ts";
import type { PlanAnswer } from "../../runtime/planning/answer/plan-answer.ts";
import { priorityRules } from "../../runtime/planning/schemes/priority-rules.ts";
import { defaultStrategy, strategies } from "../../runtime/planning/strategies/strategies.ts";
import type { StrategyProgress } from "../../runtime/planning/strategies/strategy.ts";
import { planCapacityInWorker, planInWorker } from "../../runtime/planning/worker/plan-in-worker.ts";
import { begin, type CommonOptions, withCommonOptions } from "../options.ts";
import { CannotRun, NegativeAnswer } from "../output.ts";
import { readPlanFile, readYaml } from "../plan/plan-file.ts";
import { reportAllocation } from "../plan/report-allocation.ts";
import { reportCapacity } from "../plan/report-capacity.ts";
import { reportPlan } from "../plan/report-plan.ts";
import { writeFile } from "../write-file.ts";

interface PlanCommandOptions extends CommonOptions {
  strategy: string;
  rule?: string;
  seconds?: number;
  seed?: number;
  capacity?: string;
  svg?: string;
  mermaid: boolean;
}

/** Codes of refusals that say no to the problem, not to how it was asked. */
const negativeCodes = new Set(["infeasible-plan"]);

export function addPlanCommand(program: Command): void {
  const plan = withCommonOptions(program.command("plan"))
    .description(
      "plan the tasks of a planning problem or a workflow file; exit status 1 where no plan can hold them",
    )
    .argument("<file>", "the file, YAML or JSON")
    .option("--strategy <name>", `one of ${Object.keys(strategies).join(", ")}`, defaultStrategy)
    .option("--rule <name>", `rule of the strategy priority: ${Object.keys(priorityRules).join(", ")}`)
    .option("--seconds <seconds>", "how long it may search", positiveNumber("--seconds"))
    .option("--seed <number>", "the same seed gives the same plan", positiveNumber("--seed"))
    .option(
      "--capacity <amounts>",
      "what there is for a workflow's tasks: cpu=4,memory=16Gi,gpu=2; default: this machine",
    )
    .option("--svg <file>", "write the plan as a picture")
    .option("--mermaid", "print the plan as Mermaid gantt instead", false)
    .action(planFile);
  withCommonOptions(plan.command("allocation <file>"))
    .description("share resources among tasks at the least cost; exit status 1 where there is too little")
    .action(planAllocation);
  withCommonOptions(plan.command("capacity <file>"))
    .description("which nodes meet deadlines or a budget at least cost; exit status 1 where none do")
    .action(planCapacityOf);
}

function positiveNumber(option: string) {
  return (text: string): number => {
    const value = Number(text);
    if (text.trim() === "" || !Number.isFinite(value) || value < 0)
      throw new CannotRun(`${option} must be a number of 0 or more, not "${text}"`);
    return value;
  };
}

async function planFile(file: string, options: PlanCommandOptions): Promise<void> {
  const output = begin(options);
  const { title, problem } = await readPlanFile(file, options.capacity);
  const plan = await search(problem, options);
  if (options.svg !== undefined) writeFile(options.svg, ganttSvg(plan, { title }));
  output.document(plan);
  if (options.mermaid) output.line(ganttMermaid(plan, title).trimEnd());
  else reportPlan(output, title, plan);
}

async function search(
  problem: unknown,
  { strategy, rule, seconds, seed }: PlanCommandOptions,
): Promise<PlanAnswer> {
  const interrupted = new AbortController();
  // The first Ctrl-C takes the best plan until then, the second ends the command.
  process.once("SIGINT", () => interrupted.abort());
  try {
    return await planInWorker(problem, {
      strategy,
      signal: interrupted.signal,
      onProgress: showProgress,
      ...(rule !== undefined && { rule }),
      ...(seconds !== undefined && { seconds }),
      ...(seed !== undefined && { seed }),
    });
  } catch (error) {
    if (negativeCodes.has((error as { code?: string }).code ?? ""))
      throw new NegativeAnswer((error as Error).message);
    throw error;
  } finally {
    if (process.stderr.isTTY) process.stderr.write("\r\x1b[K");
  }
}

function showProgress({ schedules, best, bound }: StrategyProgress): void {
  if (!process.stderr.isTTY) return;
  const above = bound === undefined ? "" : `, bound ${bound}`;
  process.stderr.write(`\r\x1b[K${schedules} schedules, best ${best}${above}`);
}

/** Options that `plan` has as well are taken by it, wherever they stand. */
async function planAllocation(file: string, _own: CommonOptions, command: Command): Promise<void> {
  const output = begin(command.optsWithGlobals());
  const problem = parseAllocation(readYaml(file).value);
  const answer = await allocate(problem);
  output.document(answer);
  reportAllocation(output, problem, answer);
  if (answer.status === "infeasible") throw new NegativeAnswer(`no allocation: ${answer.reasons[0]}`);
}

async function planCapacityOf(file: string, _own: CommonOptions, command: Command): Promise<void> {
  const output = begin(command.optsWithGlobals());
  // Loaded when asked for: the others start sooner without the price tables.
  const { readCapacityFile } = await import("../plan/capacity-file.ts");
  const answer = await planCapacityInWorker(await readCapacityFile(file));
  output.document(answer);
  reportCapacity(output, answer);
  if (answer.best === undefined) throw new NegativeAnswer(`no pools will do: ${answer.reasons.join("; ")}`);
}
