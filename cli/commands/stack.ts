import { existsSync, rmSync } from "node:fs";
import { createInterface } from "node:readline/promises";
import { type Command, Option } from "commander";
import { type ReleaseStackOptions, releaseStack } from "../cluster/release-stack.ts";
import { installExamples } from "../install-examples.ts";
import { lookForLeftovers } from "../leftovers/look.ts";
import { billable, isOf, type LeftoverReport, printReport, withCost } from "../leftovers/report.ts";
import { begin, type CommonOptions, withCommonOptions } from "../options.ts";
import { CannotRun, duration, NegativeAnswer, type Output, styled } from "../output.ts";
import { localStackFolder } from "../project.ts";
import {
  changeStack,
  EngineFailed,
  ensureStack,
  mayExist,
  type PulumiOptions,
  pulumi,
  type ResourceChanges,
  type ResourceState,
  stackOutputs,
  stackResources,
} from "../pulumi.ts";
import { stopDetachedProviders, withProviders } from "../simulated-clouds.ts";
import { billedCloud, isOwn, offlineFolder, type Target } from "../target.ts";

interface StackOptions extends CommonOptions {
  offline: boolean;
  yes: boolean;
}

export function addStackCommands(program: Command): void {
  withStackOptions(program.command("up"))
    .description("bring the stack up, or up to date, and install what it lacks")
    .action(up);
  withReleaseOption(withStackOptions(program.command("down")))
    .description("stop everything; data stay unless --purge")
    .addOption(new Option("--purge", "remove the data as well").default(false))
    .action(down);
  withReleaseOption(withStackOptions(program.command("destroy")))
    .description("stop everything, remove the data, list what the cloud still holds, and forget the stack")
    .action(destroy);
}

function withStackOptions(command: Command): Command {
  return withCommonOptions(command)
    .addOption(new Option("--offline", "on simulated providers, without an account").default(false))
    .addOption(new Option("--yes", "answer every question with yes").default(false));
}

function withReleaseOption(command: Command): Command {
  const text = "in a cloud: go on even where load balancers and disks of the cluster may stay";
  return command.addOption(new Option("--leave-hanging", text).default(false));
}

async function up(options: StackOptions): Promise<void> {
  const output = begin(options);
  const started = Date.now();
  await ensureStack(options);
  const changes = await change("up", options, output);
  const outputs = withoutSecrets(await stackOutputs(options));
  const examples = outputs.sampleServer === undefined ? undefined : await installExamples(outputs, output);
  const seconds = (Date.now() - started) / 1000;
  output.document({ stack: options.stack, changes, outputs, examples, seconds });
  const place = options.offline
    ? "up on simulated clouds"
    : `up at ${styled("bold", String(outputs.endpoint))}`;
  output.line();
  output.line(`${styled("green", "✓")} Skyloom is ${place} (${duration(seconds)})`);
  if (examples !== undefined) output.line(whatToTryNext(String(outputs.endpoint), options.stack));
}

/** Pulumi writes [secret] for those; a document for other programs does without. */
function withoutSecrets(outputs: Record<string, unknown>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(outputs).filter(([, value]) => value !== "[secret]"));
}

function whatToTryNext(endpoint: string, stack: string): string {
  const flag = stack === "local" ? "" : ` -- -s ${stack}`;
  const lines = [
    [`npm run demo${flag}`, "a fault is found, named and repaired while you watch"],
    [`curl ${endpoint}/v2/models/fault-detector`, "what the model takes and gives"],
    [`curl ${endpoint}/v1/runs`, "the runs"],
    [`npm run status${flag}`, "what is running"],
    [`npm run down${flag}`, "stop everything (data stay)"],
  ] as const;
  const width = Math.max(...lines.map(([command]) => command.length));
  return ["", "Try next:", ...lines.map(([command, what]) => `  ${command.padEnd(width)}   ${what}`)].join(
    "\n",
  );
}

async function down(options: StackOptions & ReleaseStackOptions & { purge: boolean }): Promise<void> {
  const output = begin(options);
  const changes = await stopAndNameHolders(options, output);
  if (options.purge) removeData(options);
  output.document({ stack: options.stack, changes, purged: options.purge });
  const data = options.purge ? "its data are removed" : "its data are kept (--purge removes them)";
  output.line(`${styled("green", "✓")} ${options.stack} is down; ${data}`);
}

async function destroy(options: StackOptions & ReleaseStackOptions): Promise<void> {
  const output = begin(options);
  await refuseProtected(options);
  const retained = await dataThatStay(options);
  const data = retained.length > 0 ? "; its data stay" : " with its models, runs and messages";
  if (!options.yes && !options.offline) await confirm(`This removes ${options.stack}${data}.`);
  const changes = await stopAndNameHolders(options, output);
  const report = await reportAfterDestroy(options, changes, retained, output);
  if (mayExist(options)) await pulumi(options, ["stack", "rm", options.stack, "--yes", "--preserve-config"]);
  if (options.offline) stopDetachedProviders(options.stack);
  removeData(options);
  if (retained.length > 0)
    output.line(
      `Its data stay, as skyloom:retainData wants it:\n${retained.map(({ urn }) => nameAndType(urn)).join("\n")}`,
    );
  output.line(`${styled("green", "✓")} ${whatIsLeft(options, report, retained.length > 0)}`);
}

/** A destroy that something in the cloud holds up names what that is. */
async function stopAndNameHolders(
  options: StackOptions & ReleaseStackOptions,
  output: Output,
): Promise<ResourceChanges> {
  try {
    return await stopStack(options, output);
  } catch (error) {
    const cloud = billedCloud(options.stack);
    if (!(error instanceof EngineFailed) || cloud === undefined) throw error;
    const report = await lookForLeftovers(options, cloud, [], output, 1);
    const known = await stackResources(options);
    const others = report.left.filter((each) => !known.some((resource) => isOf(resource, each)));
    output.document({ stack: options.stack, failed: true, notOfTheStack: others });
    if (others.length === 0) throw error;
    output.line("Not made by the stack, and perhaps what holds it up:");
    printReport(withCost({ ...report, left: others, lingering: [] }), output);
    throw error;
  }
}

/** @throws NegativeAnswer where something is left that bills, CannotRun where that is unknown: the stack is kept then. */
async function reportAfterDestroy(
  options: StackOptions,
  changes: ResourceChanges,
  retained: ResourceState[],
  output: Output,
): Promise<LeftoverReport | undefined> {
  const { stack } = options;
  const cloud = billedCloud(stack);
  const kept = retained.map(({ urn }) => urn);
  if (cloud === undefined) {
    output.document({ stack, changes, left: isOwn(options) ? [] : "unknown", kept });
    return undefined;
  }
  const report = await lookForLeftovers(options, cloud, retained, output);
  const unknown = report.refusals.length > 0;
  output.document({
    stack,
    changes,
    kept,
    ...report,
    ...(unknown && { left: "unknown", found: report.left }),
  });
  printReport(report, output);
  const left = billable(report).length;
  const again = "then destroy again: the stack is kept until nothing that bills is left";
  if (left > 0)
    throw new NegativeAnswer(`${left} resources of ${stack} that bill are left; remove them, ${again}`);
  if (unknown)
    throw new CannotRun(
      `what is left of ${stack} is unknown; see above what makes ${cloud} answer, ${again}`,
    );
  return report;
}

function whatIsLeft(options: StackOptions, report: LeftoverReport | undefined, retains: boolean): string {
  if (report === undefined && !isOwn(options))
    return `${options.stack} is destroyed; what is in a cluster that the stack did not make was not looked at`;
  const but = retains || (report?.left ?? []).length > 0 ? " else" : "";
  return `nothing${but} of ${options.stack} is left`;
}

/** The engine would refuse them one by one, with everything else already gone. */
async function refuseProtected(options: StackOptions): Promise<void> {
  const names = (await stackResources(options)).filter((resource) => resource.protect).map(({ urn }) => urn);
  if (names.length === 0) return;
  const flags = `-s ${options.stack}${options.offline ? " --offline" : ""}`;
  throw new NegativeAnswer(
    [
      `${options.stack} is protected; nothing was changed. Protected are:`,
      ...names.map(nameAndType),
      "To destroy it all the same:",
      `  1. set skyloom:deletionProtection to false in stacks/Pulumi.${options.stack}.yaml`,
      "     (bucket, queues and their key stay in the cloud; to lose them too, set skyloom:retainData to false)",
      `  2. npm run up -- ${flags}`,
      `  3. npm run destroy -- ${flags}`,
    ].join("\n"),
  );
}

/** What a destroy forgets and leaves in the cloud. */
async function dataThatStay(options: StackOptions): Promise<ResourceState[]> {
  return (await stackResources(options)).filter(({ retainOnDelete }) => retainOnDelete);
}

function nameAndType(urn: string): string {
  return `  ${urn.split("::").at(-1)} (${urn.split("::").at(-2)?.split("$").at(-1)})`;
}

async function stopStack(
  options: StackOptions & ReleaseStackOptions,
  output: Output,
): Promise<ResourceChanges> {
  if (!mayExist(options)) return {};
  await ensureStack(options);
  // A cluster that the stack did not make keeps what others have in it; a simulated one has no API server.
  if (!options.offline && billedCloud(options.stack) !== undefined)
    await releaseStack(options, await stackResources(options), options, output);
  return await change("destroy", options, output);
}

/** Nothing is asked where nothing is billed. */
async function change(operation: "up" | "destroy", options: StackOptions, output: Output) {
  return await withProviders(options, (environment) =>
    changeStack(operation, options, {
      ...engineOutput(output),
      environment,
      yes: options.yes || isOwn(options),
    }),
  );
}

/** The engine's own display goes to the user; not into the JSON document. */
function engineOutput(output: Output): PulumiOptions {
  return { output: output.json ? "stderr" : "inherit" };
}

function removeData({ stack, offline }: Target): void {
  const folder = offline ? offlineFolder(stack) : localStackFolder(stack);
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
