import { type Command, InvalidArgumentError } from "commander";
import type { WorkflowSchedules } from "../../runtime/workflows/triggers/standing-triggers.ts";
import { begin, type RuntimeOptions, withRuntimeOptions } from "../options.ts";
import { table } from "../output.ts";
import { type Run, runSummary } from "../run-view.ts";
import { connect } from "../runtime-client.ts";

export function addSchedulesCommand(program: Command): void {
  const schedules = program.command("schedules").description("schedules of workflows");
  withRuntimeOptions(schedules.command("list"))
    .description("schedules, and when they come next")
    .action(listSchedules);
  withRuntimeOptions(schedules.command("pause <workflow>"))
    .description("start no runs by a workflow's schedules")
    .action((workflow: string, options: RuntimeOptions) => act(workflow, "pause", options));
  withRuntimeOptions(schedules.command("resume <workflow>"))
    .description("start runs by a workflow's schedules again, from now on")
    .action((workflow: string, options: RuntimeOptions) => act(workflow, "resume", options));
  withRuntimeOptions(schedules.command("run <workflow>"))
    .description("start a run now, as a workflow's schedule would")
    .option("--schedule <number>", "which of its schedules, from 0", position, 0)
    .action(runSchedule);
}

function position(text: string): number {
  if (/^\d{1,6}$/.test(text)) return Number(text);
  throw new InvalidArgumentError("must be a number from 0");
}

async function listSchedules(options: RuntimeOptions) {
  const output = begin(options);
  const { client } = await connect(options);
  const answer = await client.request<{ schedules: WorkflowSchedules[] }>("GET", "/v1/schedules");
  output.document(answer);
  if (output.json) return;
  const rows = answer.schedules.flatMap(rowsOf);
  output.line(table([["WORKFLOW", "CRON", "TIME ZONE", "NEXT", "LAST RUN"], ...rows]));
}

function rowsOf({ workflow, paused, schedules, last }: WorkflowSchedules): string[][] {
  return schedules.map(({ cron, timeZone, next }) => [
    workflow,
    cron,
    timeZone,
    paused ? "paused" : (next ?? "never"),
    last?.run ?? "",
  ]);
}

async function act(workflow: string, action: "pause" | "resume", options: RuntimeOptions) {
  const output = begin(options);
  const { client } = await connect(options);
  const path = `/v1/schedules/${encodeURIComponent(workflow)}:${action}`;
  const answer = await client.request<WorkflowSchedules>("POST", path);
  output.document(answer);
  const next = answer.schedules.flatMap((schedule) => schedule.next ?? []).sort()[0];
  output.line(answer.paused ? `${workflow} is paused` : `${workflow} comes next at ${next ?? "no time"}`);
}

async function runSchedule(workflow: string, options: RuntimeOptions & { schedule: number }) {
  const output = begin(options);
  const { client } = await connect(options);
  const path = `/v1/schedules/${encodeURIComponent(workflow)}:run`;
  const run = await client.request<Run>("POST", path, { schedule: options.schedule });
  output.document(run);
  output.line(runSummary(run));
}
