import { existsSync, rmSync } from "node:fs";
import { createInterface } from "node:readline/promises";
import { type Command, Option } from "commander";
import { installExamples } from "../install-examples.ts";
import { begin, type CommonOptions, withCommonOptions } from "../options.ts";
import { CannotRun, duration, type Output, styled } from "../output.ts";
import { localStackFolder } from "../project.ts";
import {
  changeStack,
  ensureStack,
  pulumi,
  type ResourceChanges,
  stackExists,
  stackOutputs,
} from "../pulumi.ts";

export function addStackCommands(program: Command): void {
  withCommonOptions(program.command("up"))
    .description("bring the stack up, or up to date, and install what it lacks")
    .addOption(new Option("--yes", "answer every question with yes").default(false))
    .action(up);
  withCommonOptions(program.command("down"))
    .description("stop everything; data stay unless --purge")
    .addOption(new Option("--purge", "remove the data as well").default(false))
    .addOption(new Option("--yes", "answer every question with yes").default(false))
    .action(down);
  withCommonOptions(program.command("destroy"))
    .description("stop everything, remove the data and forget the stack")
    .addOption(new Option("--yes", "answer every question with yes").default(false))
    .action(destroy);
}

async function up(options: CommonOptions): Promise<void> {
  const output = begin(options);
  const started = Date.now();
  await ensureStack(options.stack);
  const changes = await changeStack("up", options.stack, engineOutput(output));
  const outputs = await stackOutputs(options.stack);
  const examples = await installExamples(outputs, output);
  const seconds = (Date.now() - started) / 1000;
  output.document({ stack: options.stack, changes, outputs, examples, seconds });
  output.line();
  output.line(
    `${styled("green", "✓")} Skyloom is up at ${styled("bold", String(outputs.endpoint))} (${duration(seconds)})`,
  );
  output.line(whatToTryNext(String(outputs.endpoint), options.stack));
}

function whatToTryNext(endpoint: string, stack: string): string {
  const flag = stack === "local" ? "" : ` -- -s ${stack}`;
  return `
Try next:
  npm run demo${flag}                          a fault is found, named and repaired while you watch
  curl ${endpoint}/v2/models/fault-detector     what the model takes and gives
  curl ${endpoint}/v1/runs                      the runs
  npm run status${flag}                        what is running
  npm run down${flag}                          stop everything (data stay)`;
}

async function down(options: CommonOptions & { purge: boolean }): Promise<void> {
  const output = begin(options);
  const changes = await stopStack(options.stack, output);
  if (options.purge) await removeData(options.stack);
  output.document({ stack: options.stack, changes, purged: options.purge });
  const data = options.purge ? "its data are removed" : "its data are kept (--purge removes them)";
  output.line(`${styled("green", "✓")} ${options.stack} is down; ${data}`);
}

async function destroy(options: CommonOptions & { yes: boolean }): Promise<void> {
  const output = begin(options);
  const folder = localStackFolder(options.stack);
  if (!options.yes)
    await confirm(`This removes ${options.stack} with its models, runs and messages in ${folder}.`);
  const changes = await stopStack(options.stack, output);
  await removeData(options.stack);
  if (stackExists(options.stack)) await pulumi(["stack", "rm", options.stack, "--yes", "--preserve-config"]);
  output.document({ stack: options.stack, changes, left: [] });
  output.line(`${styled("green", "✓")} nothing of ${options.stack} is left`);
}

async function stopStack(stack: string, output: Output): Promise<ResourceChanges> {
  if (!stackExists(stack)) return {};
  await ensureStack(stack);
  return await changeStack("destroy", stack, engineOutput(output));
}

/** The engine's own display goes to the user; not into the JSON document. */
function engineOutput(output: Output): { output: "inherit" | "stderr" } {
  return { output: output.json ? "stderr" : "inherit" };
}

async function removeData(stack: string): Promise<void> {
  const folder = localStackFolder(stack);
  if (existsSync(folder)) rmSync(folder, { recursive: true });
}

/** @throws CannotRun when the answer is no, or when nobody can be asked. */
async function confirm(question: string): Promise<void> {
  if (!process.stdin.isTTY) throw new CannotRun(`${question} Say --yes to do it.`);
  const terminal = createInterface({ input: process.stdin, output: process.stderr });
  const answer = await terminal.question(`${question} Type yes to go on: `);
  terminal.close();
  if (answer.trim().toLowerCase() !== "yes") throw new CannotRun("nothing was changed");
}
