import type { Command } from "commander";
import type { Job } from "../../runtime/jobs/job.ts";
import { begin, type RuntimeOptions, withRuntimeOptions } from "../options.ts";
import { type Output, styled, table } from "../output.ts";
import { readJsonObject } from "../read-json-object.ts";
import { connect } from "../runtime-client.ts";

interface SubmitOptions extends RuntimeOptions {
  id?: string;
  model?: string;
  webhook?: string;
}

export function addJobsCommand(program: Command): void {
  const jobs = program.command("jobs").description("inferences that nobody waits for");
  withRuntimeOptions(jobs.command("submit <file>"))
    .description(
      "put a job on the queue: a JSON file with model and inputs as in docs/jobs.md; - reads standard input",
    )
    .option(
      "--id <id>",
      "the job's id; the same one again is the same job. Default: the file's, else a new one",
    )
    .option("--model <name>", "the model or route, instead of the file's")
    .option("--webhook <url>", "where the end is told, instead of the file's")
    .action(submit);
  withRuntimeOptions(jobs.command("list"))
    .description("jobs, newest first")
    .option("--state <state>", "only jobs in this state: pending, running, succeeded, failed or cancelled")
    .option("--limit <count>", "at most this many", "20")
    .action(list);
  withRuntimeOptions(jobs.command("show <id>"))
    .description("a job, and its result where it has one")
    .action(show);
  withRuntimeOptions(jobs.command("cancel <id>"))
    .description("cancel a job that has not begun")
    .action(cancel);
}

async function submit(file: string, { id, model, webhook, ...options }: SubmitOptions): Promise<void> {
  const output = begin(options);
  const given = Object.entries({ id, model, webhook }).filter(([, value]) => value !== undefined);
  const request = {
    ...(await readJsonObject(file, '{"model": …, "inputs": […]}')),
    ...Object.fromEntries(given),
  };
  const { client } = await connect(options);
  const job = await client.request<Job>("POST", "/v1/jobs", request);
  output.document(job);
  output.line(`${styled("green", "✓")} job ${job.id} is ${job.state}`);
}

async function list({ state, limit, ...options }: RuntimeOptions & { state?: string; limit: string }) {
  const output = begin(options);
  const { client } = await connect(options);
  const query = new URLSearchParams({ pageSize: limit, ...(state !== undefined && { state }) });
  const answer = await client.request<{ jobs: Job[] }>("GET", `/v1/jobs?${query}`);
  output.document(answer);
  if (output.json) return;
  const rows = answer.jobs.map((job) => [
    job.id,
    job.model,
    job.state,
    job.createdAt,
    String(job.attempts),
    job.error?.message ?? "",
  ]);
  output.line(table([["JOB", "MODEL", "STATE", "CREATED", "ATTEMPTS", "ERROR"], ...rows]));
}

async function show(id: string, options: RuntimeOptions): Promise<void> {
  const output = begin(options);
  const { client } = await connect(options);
  const path = encodeURIComponent(id);
  const job = await client.request<Job>("GET", `/v1/jobs/${path}`);
  const result =
    job.result === null
      ? undefined
      : await client.request<{ response: unknown }>("GET", `/v1/results/${path}`);
  output.document({ ...job, ...(result !== undefined && { response: result.response }) });
  if (!output.json) describe(job, output);
  if (result !== undefined) output.line(JSON.stringify(result.response, null, 2));
}

function describe(job: Job, output: Output): void {
  const { id, model, version, state, attempts, webhook, error } = job;
  output.line(`job ${id}: ${state}, model ${model}${version === null ? "" : ` version ${version}`}`);
  output.line(`created ${job.createdAt}, attempts ${attempts}, ended ${job.finishedAt ?? "not yet"}`);
  if (error !== null) output.line(`${error.code}: ${error.message}`);
  if (webhook !== null)
    output.line(
      `webhook ${webhook.url}: ${webhook.state}, attempts ${webhook.attempts}${webhook.error === null ? "" : `, the last: ${webhook.error}`}`,
    );
}

async function cancel(id: string, options: RuntimeOptions): Promise<void> {
  const output = begin(options);
  const { client } = await connect(options);
  const job = await client.request<Job>("POST", `/v1/jobs/${encodeURIComponent(id)}:cancel`);
  output.document(job);
  output.line(`job ${id} is cancelled`);
}
