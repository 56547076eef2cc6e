// The process that runs a stack's program: it is sent what to run, and later where the policy pack listens, and
// answers with what the program registered and what the pack found.
import { pathToFileURL } from "node:url";
import { RunError } from "@pulumi/pulumi";
import { runInPulumiStack } from "@pulumi/pulumi/runtime/stack.js";
import { RefusedResources, recordProgram } from "../../simulator/recording/record-program.ts";
import { type Properties, unwrapProperties } from "../../simulator/values.ts";
import { Analysis } from "./analysis.ts";
import { analyzedResource, Providers } from "./analyzed-resource.ts";
import { connectAnalyzer } from "./analyzer.ts";
import type { BrokenRun, ProgramAnswer, ProgramMessage, ProgramTask } from "./run-program.ts";

// The SDK takes a stack trace for each of its many promises, in case one is never settled: a third of its time.
Error.stackTraceLimit = 6;
Error.prepareStackTrace = (error, frames) =>
  error.message === "" ? "Error" : `${error}\n    at ${frames.join("\n    at ")}`;

const task = Promise.withResolvers<ProgramTask>();
const analysis = Promise.withResolvers<Analysis>();
process.on("message", (message: ProgramMessage) => {
  if ("entry" in message) task.resolve(message);
  else analysis.resolve(new Analysis(connectAnalyzer(message.address), message.remediates));
});
process.on("disconnect", () => process.exit(1));
process.on("uncaughtException", fail);
process.on("unhandledRejection", fail);
try {
  await answer(await run(await task.promise));
} catch (error) {
  await fail(error);
}

async function run({ entry, project, stack, config, secretKeys }: ProgramTask): Promise<ProgramAnswer> {
  const providers = new Providers(config);
  const checked = new Map<string, Properties>();
  const recording = await recordProgram(() => runInPulumiStack(() => outputsOf(entry)), {
    ...{ preview: true, anyProvider: true, project, stack, config, secretKeys },
    async beforeCreate(resource) {
      providers.add(resource);
      const pack = await analysis.promise;
      // A rule that breaks ends the check; the other resources would only say the same.
      const properties = await pack
        .check(analyzedResource(resource, resource.inputs, providers))
        .catch((error) => answer({ problem: `${resource.urn}: ${error.message}`, of: "policy pack" }));
      checked.set(resource.urn, properties);
      return properties;
    },
  });
  const { resources, log } = recording;
  const pack = await analysis.promise;
  const outputs = resources.map((each) => analyzedResource(each, each.outputs, providers));
  await pack.checkStack(outputs).catch((error) => answer({ problem: error.message, of: "policy pack" }));
  return {
    findings: pack.findings,
    resources: resources.map(({ urn, type, name, custom, remote, inputs, dependencies }) => ({
      ...{ urn, type, name, custom, remote, dependencies },
      properties: unwrapProperties(checked.get(urn) ?? inputs),
    })),
    log,
  };
}

/** As the SDK's own cmd/run: the default export, or all of them; called when it is a function. */
async function outputsOf(entry: string): Promise<unknown> {
  const exported = await import(pathToFileURL(entry).href);
  const program = exported.default ?? { ...exported };
  return await (typeof program === "function" ? program() : program);
}

async function answer(message: ProgramAnswer | BrokenRun): Promise<never> {
  await new Promise<void>((resolve) => process.send?.(message, undefined, undefined, () => resolve()));
  process.exit(0);
}

/** What is for the user is told by its message, anything else with its stack. */
async function fail(error: unknown): Promise<never> {
  if (RunError.isInstance(error) || error instanceof RefusedResources)
    return await answer({ problem: error.message, of: "program" });
  const problem = error instanceof Error ? (error.stack ?? error.message) : String(error);
  return await answer({ problem, of: "program" });
}
