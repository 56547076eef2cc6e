import { readdirSync, readFileSync, statSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import { type Command, InvalidArgumentError } from "commander";
import { ApiError, type Problem } from "../../runtime/errors.ts";
import { parseCatalogue } from "../../runtime/workflows/composition/catalogue.ts";
import {
  type ComposeRequest,
  type Composition,
  compose,
} from "../../runtime/workflows/composition/compose.ts";
import { mermaid } from "../../runtime/workflows/mermaid.ts";
import { formatAmount } from "../../runtime/workflows/resources.ts";
import type { Suggestion } from "../../runtime/workflows/run-plan/suggestions.ts";
import { parseWorkflow } from "../../runtime/workflows/specification.ts";
import { followRun } from "../follow-run.ts";
import {
  begin,
  type CommonOptions,
  type RuntimeOptions,
  withCommonOptions,
  withRuntimeOptions,
} from "../options.ts";
import { CannotRun, NegativeAnswer, styled, table } from "../output.ts";
import { collect, readInputs } from "../run-inputs.ts";
import type { Run } from "../run-view.ts";
import { connect, type RuntimeClient } from "../runtime-client.ts";

interface RunOptions extends RuntimeOptions {
  input: string[];
  id?: string;
  follow?: boolean;
}

export function addWorkflowsCommand(program: Command): void {
  const workflows = program.command("workflows").description("workflow definitions");
  withRuntimeOptions(workflows.command("list"))
    .description("workflows and their versions")
    .action(listWorkflows);
  withCommonOptions(workflows.command("validate <files...>"))
    .description("check workflow files; exit status 1 when one is not valid")
    .action(validateWorkflows);
  withRuntimeOptions(workflows.command("show <name>"))
    .description("a workflow: its tasks, versions and what starts it")
    .option("--version <number>", "default: the current one", parseVersion)
    .action(showWorkflow);
  withCommonOptions(workflows.command("mermaid <file>"))
    .description("draw a workflow file's tasks as a Mermaid flowchart")
    .action(drawWorkflow);
  withCommonOptions(workflows.command("compose <catalogue>"))
    .description("write the smallest workflow of a catalogue's tasks that yields what is wanted")
    .requiredOption("--goal <artifacts>", "artifacts wanted, separated by commas")
    .option("--name <name>", "of the workflow", "composed")
    .action(composeWorkflow);
  withRuntimeOptions(workflows.command("run <file>"))
    .description("store a workflow file and start a run of it")
    .option("--input <name=value>", "an input, as JSON or as plain text; once for each", collect, [])
    .option("--id <id>", "the run's id: the same one never starts a second run")
    .option("--follow", "show the run until it has ended; exit status 1 when it did not succeed")
    .action(runWorkflow);
  withRuntimeOptions(workflows.command("put <file>"))
    .description(
      "store a workflow file with the folder scripts beside it; unchanged content keeps its version",
    )
    .action(putWorkflow);
  withRuntimeOptions(workflows.command("delete <name>"))
    .description("make a workflow unknown: nothing starts it any more, its runs stay")
    .action(deleteWorkflow);
  withRuntimeOptions(workflows.command("suggestions <name>"))
    .description("what past runs say about dependencies, durations and memory that the file declares")
    .action(showSuggestions);
}

async function runWorkflow(file: string, options: RunOptions): Promise<void> {
  const output = begin(options);
  const specification = readWorkflowFile(file);
  // Before anything is stored.
  const { workflow } = parseWorkflow(specification);
  const inputs = readInputs(options.input, workflow.inputs);
  const { client } = await connect(options);
  const { version } = await storeWorkflow(client, file, specification);
  const body = {
    workflow: workflow.name,
    version,
    inputs,
    ...(options.id !== undefined && { id: options.id }),
  };
  const started = await client.request<Run>("POST", "/v1/runs", body);
  if (!options.follow) {
    output.document(started);
    output.line(`${started.id} has begun: npm run skyloom -- runs show ${started.id}`);
    return;
  }
  const run = await followRun(client, started.id, output);
  output.document(run);
  if (run.state !== "succeeded")
    throw new NegativeAnswer(`run ${run.id} ${run.state}; its logs: npm run skyloom -- runs logs ${run.id}`);
  for (const [name, value] of Object.entries(run.outputs ?? {}))
    output.line(`${name}: ${JSON.stringify(value)}`);
}

interface WorkflowEntry {
  name: string;
  version: number;
  description?: string;
}

async function listWorkflows(options: RuntimeOptions): Promise<void> {
  const output = begin(options);
  const { client } = await connect(options);
  const answer = await client.request<{ workflows: WorkflowEntry[] }>("GET", "/v1/workflows");
  output.document(answer);
  if (output.json) return;
  const rows = answer.workflows.map((one) => [one.name, String(one.version), one.description ?? ""]);
  output.line(table([["WORKFLOW", "VERSION", "DESCRIPTION"], ...rows]));
}

async function putWorkflow(file: string, options: RuntimeOptions): Promise<void> {
  const output = begin(options);
  const { client } = await connect(options);
  const stored = await storeWorkflow(client, file, readWorkflowFile(file));
  output.document(stored);
  output.line(`${stored.name} is stored as version ${stored.version}`);
}

async function deleteWorkflow(name: string, options: RuntimeOptions): Promise<void> {
  const output = begin(options);
  const { client } = await connect(options);
  await client.request("DELETE", `/v1/workflows/${encodeURIComponent(name)}`);
  output.document({ name, deleted: true });
  output.line(`${name} is deleted: nothing starts it any more; its runs stay`);
}

async function storeWorkflow(
  client: RuntimeClient,
  file: string,
  specification: string,
): Promise<WorkflowEntry> {
  const { name } = parseWorkflow(specification).workflow;
  return await client.request<WorkflowEntry>("PUT", `/v1/workflows/${encodeURIComponent(name)}`, {
    specification,
    files: scriptsBeside(file),
  });
}

interface Validation {
  file: string;
  valid: boolean;
  problems: Problem[];
  warnings: Problem[];
}

function validateWorkflows(files: string[], options: CommonOptions): void {
  const output = begin(options);
  const results = files.map(validateFile);
  output.document({ files: results });
  for (const { file, valid, problems, warnings } of results) {
    output.line(`${valid ? styled("green", "✓") : styled("red", "✗")} ${file}`);
    for (const problem of problems) output.line(`  ${placed(file, problem)}`);
    for (const warning of warnings)
      output.line(
        styled("yellow", `  ${placed(file, { ...warning, message: `warning: ${warning.message}` })}`),
      );
  }
  const invalid = results.filter((result) => !result.valid).length;
  if (invalid > 0) throw new NegativeAnswer(`${invalid} of ${files.length} files are not valid`);
}

/** As compilers write it, so that editors and terminals can jump there: `FILE:LINE:COLUMN: PATH: MESSAGE`. */
function placed(file: string, { path, message, line, column }: Problem): string {
  const place = line === undefined ? file : `${file}:${line}:${column}`;
  const text = message.replace(`line ${line}, column ${column}: `, "");
  return [place, ...(path === "" ? [] : [path]), text].join(": ");
}

interface WorkflowDetails extends WorkflowEntry {
  versions: number[];
  triggers: object[];
  tasks: { name: string; uses: string; goal?: string; dependencies: string[] }[];
}

async function showWorkflow(name: string, options: RuntimeOptions & { version?: number }): Promise<void> {
  const output = begin(options);
  const { client } = await connect(options);
  const query = options.version === undefined ? "" : `?version=${options.version}`;
  const path = `/v1/workflows/${encodeURIComponent(name)}${query}`;
  const workflow = await client.request<WorkflowDetails>("GET", path);
  output.document(workflow);
  if (output.json) return;
  output.line(`${workflow.name}, version ${workflow.version} of ${workflow.versions.join(", ")}`);
  if (workflow.description) output.line(workflow.description);
  for (const trigger of workflow.triggers) output.line(`started by ${JSON.stringify(trigger)}`);
  const rows = workflow.tasks.map((task) => [
    task.name,
    task.uses,
    task.dependencies.join(", "),
    task.goal ?? "",
  ]);
  output.line(table([["TASK", "USES", "AFTER", "GOAL"], ...rows]));
}

function drawWorkflow(file: string, options: CommonOptions): void {
  const output = begin(options);
  const text = mermaid(parseWorkflow(readWorkflowFile(file)).workflow);
  output.document({ mermaid: text });
  output.line(text);
}

/** The workflow on standard output, what was done to get there on standard error. */
function composeWorkflow(file: string, options: CommonOptions & { goal: string; name: string }): void {
  const output = begin(options);
  const goal = options.goal.split(",").map((artifact) => artifact.trim());
  const composition = composeFile(file, { goal, name: options.name });
  output.document(composition);
  if (output.json) return;
  for (const one of composition.optimisations) process.stderr.write(`${describeOptimisation(one)}\n`);
  if (!composition.isExact)
    process.stderr.write("too many alternatives to see them all: a smaller workflow may exist\n");
  process.stdout.write(composition.specification);
}

function composeFile(file: string, request: ComposeRequest): Composition {
  try {
    return compose([parseCatalogue(readWorkflowFile(file))], request);
  } catch (error) {
    if (!(error instanceof ApiError) || error.code !== "artifact-missing") throw error;
    const lines = error.problems.map(({ path, message }) => `  ${path}: ${message}`);
    throw new NegativeAnswer(["the goal cannot be had", ...lines].join("\n"));
  }
}

function describeOptimisation(one: Composition["optimisations"][number]): string {
  if (one.kind === "shared") return `${one.others.join(", ")}: the same as ${one.kept}, done once`;
  if (one.kind === "dropped") return `not needed: ${one.tasks.join(", ")}`;
  return `${one.task} waits for ${one.need} through ${one.through} anyway`;
}

function parseVersion(text: string): number {
  if (/^[1-9]\d{0,14}$/.test(text)) return Number(text);
  throw new InvalidArgumentError("versions are whole numbers from 1.");
}

function validateFile(file: string): Validation {
  const text = readWorkflowFile(file);
  try {
    return { file, valid: true, problems: [], warnings: parseWorkflow(text).warnings };
  } catch (error) {
    if (!(error instanceof ApiError)) throw error;
    return { file, valid: false, problems: error.problems, warnings: [] };
  }
}

function readWorkflowFile(file: string): string {
  try {
    return readFileSync(file, "utf8");
  } catch (error) {
    throw new CannotRun(`cannot read ${file}: ${(error as Error).message}`);
  }
}

/** The files of the folder `scripts` beside the workflow file, by their path relative to it. */
function scriptsBeside(file: string): Record<string, string> {
  const folder = join(dirname(file), "scripts");
  if (statSync(folder, { throwIfNoEntry: false })?.isDirectory() !== true) return {};
  return Object.fromEntries(
    readdirSync(folder, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => join(entry.parentPath, entry.name))
      .map((path) => [relative(dirname(file), path), readFileSync(path, "utf8")]),
  );
}

async function showSuggestions(name: string, options: RuntimeOptions): Promise<void> {
  const output = begin(options);
  const { client } = await connect(options);
  const path = `/v1/workflows/${encodeURIComponent(name)}/suggestions`;
  const answer = await client.request<{ suggestions: Suggestion[] }>("GET", path);
  output.document(answer);
  if (answer.suggestions.length === 0) output.line("past runs suggest nothing");
  for (const suggestion of answer.suggestions) output.line(suggestionText(suggestion));
}

function suggestionText(suggestion: Suggestion): string {
  const { kind, task, runs } = suggestion;
  const seen = `${runs} ${runs === 1 ? "run" : "runs"}`;
  switch (kind) {
    case "missing-dependency":
      return `${task}: add ${suggestion.needs} to needs; it read ${suggestion.keys.join(", ")} in ${seen}`;
    case "unused-dependency":
      return `${task}: ${suggestion.needs} may be left out of needs; nothing of it was taken in ${seen}`;
    case "duration":
      return `${task}: duration ${suggestion.p50} (90 % within ${suggestion.p90} s), declared ${suggestion.declared ?? "none"}, by ${seen}`;
    default:
      return `${task}: memory ${formatAmount("memory", suggestion.peak)} at most, declared ${formatAmount("memory", suggestion.declared)}, by ${seen}`;
  }
}
