import { type ChildProcess, fork } from "node:child_process";
import { join } from "node:path";
import type { Recording } from "../../simulator/recording/recording.ts";
import type { Properties } from "../../simulator/values.ts";
import { CannotRun } from "../output.ts";
import { compileCache } from "../target.ts";
import type { Findings } from "./analysis.ts";

/** What a process for a program is to run. */
export interface ProgramTask {
  entry: string;
  project: string;
  stack: string;
  config: Record<string, string>;
  secretKeys: string[];
}

/** Where the policy pack listens, and whether any of its rules may change a resource. */
export interface PackAddress {
  address: string;
  remediates: boolean;
}

export type ProgramMessage = ProgramTask | PackAddress;

/** A resource as the pack saw it last, remediations in. */
export interface RegisteredResource {
  urn: string;
  type: string;
  name: string;
  custom: boolean;
  /** A component that is made elsewhere, out of the program's sight. */
  remote: boolean;
  properties: Properties;
  /** URNs. */
  dependencies: string[];
}

export interface ProgramAnswer {
  findings: Findings;
  resources: RegisteredResource[];
  log: Recording<unknown>["log"];
}

/** Why there is no answer, and whose fault it is. */
export interface BrokenRun {
  problem: string;
  of: "program" | "policy pack";
}

export interface ProgramRun {
  /** @throws CannotRun with what the program threw, or what it wrote before it ended. */
  answer: Promise<ProgramAnswer>;
  /** Lets the pack see the resources; until then they wait. */
  attach(pack: PackAddress): void;
  stop(): void;
}

/** Begins to run a stack's program, offline, in a process of its own. */
export function runProgram(
  task: ProgramTask,
  folder: string,
  environment: Record<string, string>,
): ProgramRun {
  const child = fork(join(import.meta.dirname, "program-process.ts"), {
    cwd: folder,
    // A stack of ten thousand resources is many short-lived messages.
    execArgv: ["--max-semi-space-size=32"],
    env: {
      ...process.env,
      ...environment,
      NODE_COMPILE_CACHE: compileCache(),
      PULUMI_CONFIG: JSON.stringify(task.config),
      PULUMI_CONFIG_SECRET_KEYS: JSON.stringify(task.secretKeys),
      NODE_NO_WARNINGS: "1",
    },
    // Its own output is no part of a report.
    stdio: ["ignore", "pipe", "pipe", "ipc"],
  });
  child.send(task);
  return {
    answer: answerOf(child, task.stack),
    attach: (pack) => child.send(pack),
    stop: () => child.kill(),
  };
}

async function answerOf(child: ChildProcess, stack: string): Promise<ProgramAnswer> {
  let output = "";
  for (const stream of [child.stdout, child.stderr])
    stream?.on("data", (chunk) => {
      output += chunk;
    });
  let answer: ProgramAnswer | BrokenRun | undefined;
  child.once("message", (message: typeof answer) => {
    answer = message;
  });
  const code = await new Promise((resolve, reject) => {
    child.once("error", reject);
    child.once("close", resolve);
  });
  if (answer !== undefined && !("problem" in answer)) return answer;
  const problem = answer?.problem ?? `it ended with exit status ${code}:\n${output.trim()}`;
  if (answer?.of === "policy pack") throw new CannotRun(`the policy pack broke on ${stack}: ${problem}`);
  const hint = problem.includes("no simulated provider")
    ? "\nCheck a plan of the stack instead: --plan FILE"
    : "";
  throw new CannotRun(`the program of ${stack} is broken: ${problem}${hint}`);
}
