import { type Command, InvalidArgumentError } from "commander";
import { type RunPlans, runPlanSvg } from "../../runtime/workflows/run-plan/run-plans.ts";
import { begin, type RuntimeOptions, withRuntimeOptions } from "../options.ts";
import { CannotRun, duration, table } from "../output.ts";
import { reportRunPlans } from "../plan/report-run-plans.ts";
import { consentOf, questionOf } from "../question.ts";
import { type Run, runSummary, taskLine } from "../run-view.ts";
import { connect, type RuntimeClient } from "../runtime-client.ts";
import { writeFile } from "../write-file.ts";

export function addRunsCommand(program: Command): void {
  const runs = program.command("runs").description("workflow runs");
  withRuntimeOptions(runs.command("list"))
    .description("runs, newest first")
    .option("--workflow <name>", "only runs of this workflow")
    .option("--state <state>", "only runs in this state")
    .option("--limit <count>", "at most this many", "20")
    .action(listRuns);
  withRuntimeOptions(runs.command("show <id>")).description("a run with its tasks").action(showRun);
  withRuntimeOptions(runs.command("report <id>"))
    .description("a run's report as Markdown")
    .action(showReport);
  withRuntimeOptions(runs.command("logs <id>"))
    .description("what a run's tasks have logged")
    .option("--task <name>", "of this task only; an item of it is TASK/ITEM")
    .option("--follow", "go on until the run has ended")
    .action(showLogs);
  withRuntimeOptions(runs.command("plan <id>"))
    .description("what was planned of a run, and what happened")
    .option("--svg <file>", "write it as a picture")
    .action(showPlan);
  withRuntimeOptions(runs.command("cancel <id>"))
    .description("stop a run")
    .action((id, options) => act(id, "cancel", "is being cancelled", options));
  withRuntimeOptions(runs.command("pause <id>"))
    .description("begin no further task until the run is resumed")
    .action((id, options) => act(id, "pause", "is paused", options));
  withRuntimeOptions(runs.command("resume <id>"))
    .description("go on with a paused run")
    .action((id, options) => act(id, "resume", "goes on", options));
  withRuntimeOptions(runs.command("retry <id>"))
    .description("begin a failed or cancelled run again, from the tasks that have not succeeded")
    .action((id, options) => act(id, "retry", "begins again", options));
  withRuntimeOptions(runs.command("approve <id>"))
    .description("answer a task that waits for a person")
    .requiredOption("--task <name>", "the task")
    .option("--decision <decision>", "one of the task's options (default: yes or approve, if it is one)")
    .option("--person <name>", "who decides", process.env.USER ?? "unknown")
    .option("--comment <text>", "why", "")
    .action(approveRun);
  withRuntimeOptions(runs.command("signal <id> <event>"))
    .description("give a run an event that one of its tasks awaits")
    .option("--data <json>", "what the event says", parseJson, null)
    .option("--event-id <id>", "the same id never counts twice")
    .action(signalRun);
}

async function listRuns(options: RuntimeOptions & { workflow?: string; state?: string; limit: string }) {
  const output = begin(options);
  const { client } = await connect(options);
  const query = new URLSearchParams({ pageSize: options.limit });
  if (options.workflow !== undefined) query.set("workflow", options.workflow);
  if (options.state !== undefined) query.set("state", options.state);
  const answer = await client.request<{ runs: Run[] }>("GET", `/v1/runs?${query}`);
  output.document(answer);
  if (output.json) return;
  const rows = answer.runs.map((run) => [run.id, run.workflow, run.state, run.createdAt, secondsOf(run)]);
  output.line(table([["RUN", "WORKFLOW", "STATE", "CREATED", "DURATION"], ...rows]));
}

function secondsOf(run: Run): string {
  if (!run.startedAt || !run.finishedAt) return "";
  return duration((Date.parse(run.finishedAt) - Date.parse(run.startedAt)) / 1000);
}

async function showRun(id: string, options: RuntimeOptions) {
  const output = begin(options);
  const { client } = await connect(options);
  const run = await client.request<Run>("GET", `/v1/runs/${encodeURIComponent(id)}`);
  output.document(run);
  output.line(runSummary(run));
  for (const task of run.tasks) output.line(taskLine(task));
}

async function showReport(id: string, options: RuntimeOptions) {
  const output = begin(options);
  const { client } = await connect(options);
  const markdown = await client.request<string>("GET", `/v1/runs/${encodeURIComponent(id)}/report`);
  output.document({ id, markdown });
  output.line(markdown);
}

async function showLogs(id: string, options: RuntimeOptions & { task?: string; follow?: boolean }) {
  const output = begin(options);
  const { client } = await connect(options);
  const query = new URLSearchParams({ follow: String(options.follow ?? false) });
  if (options.task !== undefined) query.set("task", options.task);
  const parts = await client.stream(`/v1/runs/${encodeURIComponent(id)}/logs?${query}`);
  if (!output.json) {
    for await (const part of parts) process.stdout.write(part);
    return;
  }
  const all: Uint8Array[] = [];
  for await (const part of parts) all.push(part);
  output.document({ id, log: Buffer.concat(all).toString("utf8") });
}

async function act(id: string, action: string, told: string, options: RuntimeOptions) {
  const output = begin(options);
  const { client } = await connect(options);
  const run = await client.request<Run>("POST", `/v1/runs/${encodeURIComponent(id)}:${action}`);
  output.document(run);
  output.line(`${id} ${told}`);
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new InvalidArgumentError(`must be JSON (text in double quotes): ${(error as Error).message}`);
  }
}

async function signalRun(
  id: string,
  name: string,
  options: RuntimeOptions & { data: unknown; eventId?: string },
) {
  const output = begin(options);
  const { client } = await connect(options);
  const body = { name, data: options.data, ...(options.eventId !== undefined && { id: options.eventId }) };
  const run = await client.request<Run>("POST", `/v1/runs/${encodeURIComponent(id)}:signal`, body);
  output.document(run);
  output.line(`${id} got ${name}`);
}

async function approveRun(
  id: string,
  options: RuntimeOptions & { task: string; decision?: string; person: string; comment: string },
) {
  const output = begin(options);
  const { client } = await connect(options);
  const { task, person, comment } = options;
  const decision = options.decision ?? (await consentTo(client, id, task));
  const body = { task, decision, person, comment };
  const run = await client.request<Run>("POST", `/v1/runs/${encodeURIComponent(id)}:approve`, body);
  output.document(run);
  output.line(`${task}: ${decision}, by ${person}`);
}

async function consentTo(client: RuntimeClient, id: string, name: string): Promise<string> {
  const { tasks } = await client.request<Run>("GET", `/v1/runs/${encodeURIComponent(id)}`);
  const task = tasks.find((one) => one.name === name);
  const question = task && questionOf(task);
  // Of a task that asks nothing the runtime says so.
  if (question === undefined) return "yes";
  const consent = consentOf(question);
  if (consent === undefined)
    throw new CannotRun(`which decision? Name it by --decision, one of: ${question.options.join(", ")}`);
  return consent;
}

async function showPlan(id: string, options: RuntimeOptions & { svg?: string }) {
  const output = begin(options);
  const { client } = await connect(options);
  const plans = await client.request<RunPlans>("GET", `/v1/runs/${encodeURIComponent(id)}/plan`);
  const picture = options.svg === undefined ? undefined : runPlanSvg(plans);
  if (options.svg !== undefined && picture !== undefined) writeFile(options.svg, picture);
  output.document(plans);
  reportRunPlans(output, plans);
  if (options.svg !== undefined && picture === undefined)
    throw new CannotRun(`there is no plan to draw; ${options.svg} was not written`);
}
