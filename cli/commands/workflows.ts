import { readdirSync, readFileSync, statSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import type { Command } from "commander";
import { begin, type CommonOptions, withCommonOptions } from "../options.ts";
import { CannotRun, table } from "../output.ts";
import { connect } from "../runtime-client.ts";

export function addWorkflowsCommand(program: Command): void {
  const workflows = program.command("workflows").description("workflow definitions");
  withCommonOptions(workflows.command("list"))
    .description("workflows and their versions")
    .action(listWorkflows);
  withCommonOptions(workflows.command("put <file>"))
    .description("store a workflow file with the scripts beside it; unchanged content keeps its version")
    .action(putWorkflow);
}

interface WorkflowEntry {
  name: string;
  version: number;
  description?: string;
}

async function listWorkflows(options: CommonOptions): Promise<void> {
  const output = begin(options);
  const { client } = await connect(options.stack);
  const answer = await client.request<{ workflows: WorkflowEntry[] }>("GET", "/v1/workflows");
  output.document(answer);
  if (output.json) return;
  const rows = answer.workflows.map((one) => [one.name, String(one.version), one.description ?? ""]);
  output.line(table([["WORKFLOW", "VERSION", "DESCRIPTION"], ...rows]));
}

async function putWorkflow(file: string, options: CommonOptions): Promise<void> {
  const output = begin(options);
  const { client } = await connect(options.stack);
  const specification = readWorkflowFile(file);
  const name = /^name:\s*["']?([\w.-]+)/m.exec(specification)?.[1];
  if (name === undefined) throw new CannotRun(`${file}: \`name\` is missing: every workflow has one`);
  const stored = await client.request<WorkflowEntry>("PUT", `/v1/workflows/${encodeURIComponent(name)}`, {
    specification,
    files: scriptsBeside(file),
  });
  output.document(stored);
  output.line(`${stored.name} is stored as version ${stored.version}`);
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
