import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setAllConfig } from "@pulumi/pulumi/runtime/config.js";
import { setMocks } from "@pulumi/pulumi/runtime/mocks.js";
import type { Properties } from "../values.ts";
import { type ProgramStore, settled, withProgramStore } from "./program-store.ts";
import { type CheckedResource, type Recording, recordingOf } from "./recording.ts";
import { RecordingMonitor, unusedMocks } from "./recording-monitor.ts";
import { TransformTable } from "./transform-table.ts";

export type { CheckedResource, RecordedResource, Recording } from "./recording.ts";

export interface RecordOptions {
  /** Outputs that a provider computes are unknown, as in `pulumi preview`. Default: false. */
  preview?: boolean;
  /** Default: `test`. */
  stack?: string;
  /** Default: `skyloom`. */
  project?: string;
  /** As in Pulumi.STACK.yaml, e.g. `{"aws:region": "eu-west-1"}`. Default: none. */
  config?: Record<string, string>;
  /** Keys of the config that are secret. Default: none. */
  secretKeys?: string[];
  /** Answers to invokes by token instead of the simulator's; may throw. */
  invokes?: Record<string, (inputs: Properties) => Properties>;
  /** As in the simulator's faults file. */
  faults?: object[];
  /** As in the simulator's quotas.json, e.g. `{"aws/L-417A185B": 0}`. */
  quotas?: Record<string, number>;
  /** Resources of a provider that is not simulated are taken unchecked, instead of refused. Default: false. */
  anyProvider?: boolean;
  /**
   * Where the engine asks its policy packs: a provider has checked the inputs, and nothing is created yet.
   * @returns the inputs to create it with; what it throws fails the registration.
   */
  beforeCreate?(resource: CheckedResource): Promise<Properties>;
}

/** What providers refused, a line each. */
export class RefusedResources extends Error {
  override readonly name = "RefusedResources";
}

/**
 * Runs a program in this process and records what it registers. Inputs are checked, and outputs and invokes answered,
 * by the simulated providers; each recording has state of its own, so that several in one process do not meet.
 * @throws what the program throws, or a RefusedResources with every resource that a provider refused.
 */
export async function recordProgram<Result>(
  program: () => Promise<Result> | Result,
  options: RecordOptions = {},
): Promise<Recording<Result>> {
  const folder = mkdtempSync(join(tmpdir(), "recording-"));
  try {
    return await withProgramStore((store) => record(program, options, folder, store));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

async function record<Result>(
  program: () => Promise<Result> | Result,
  options: RecordOptions,
  folder: string,
  store: ProgramStore,
): Promise<Recording<Result>> {
  const { stack = "test", project = "skyloom", config = {}, secretKeys = [], preview = false } = options;
  const log: Recording<Result>["log"] = [];
  const transforms = new TransformTable();
  const monitor = new RecordingMonitor({ ...options, stack, project, preview, config }, folder, transforms);
  // Always as a preview: elsewhere a missing output becomes the text "undefined" instead of staying unknown.
  await setMocks(unusedMocks, project, stack, true);
  store.settings.monitor = monitor;
  store.settings.engine = recordingEngine(log);
  store.callbacks = transforms;
  store.supportsTransforms = true;
  setAllConfig(config, secretKeys);
  const returned = await settled(store, program);
  if (monitor.problems.length > 0) throw new RefusedResources(monitor.problems.join("\n"));
  return { ...recordingOf<Result>(monitor.recorded, returned), invokes: monitor.invokes, log };
}

/** Stands where the engine does, for log lines only. */
function recordingEngine(log: Recording<unknown>["log"]) {
  const severities = ["debug", "info", "warning", "error"] as const;
  return {
    log(
      request: { getSeverity(): number; getMessage(): string },
      callback: (error: null, answer: object) => void,
    ) {
      const severity = severities[request.getSeverity()] ?? "info";
      if (severity !== "debug") log.push({ severity, message: request.getMessage() });
      callback(null, {});
    },
    setRootResource(_request: unknown, callback: (error: null, answer: object) => void) {
      callback(null, {});
    },
  };
}
