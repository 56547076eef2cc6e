import { type ChildProcess, spawn } from "node:child_process";
import { createConnection } from "node:net";
import { setTimeout as delay } from "node:timers/promises";
import { findCommand, toolEnvironment } from "../../scripts/project.mjs";

const START_SECONDS = 120;
const STOP_SECONDS = 5;

/** A process that the benchmark started, with all that it starts itself. */
export interface Program {
  name: string;
  process: ChildProcess;
  pid: number;
  /** Why it ended; undefined while it runs. */
  ending(): string | undefined;
  /** The last lines that it said. */
  output(): string;
  /** Asks it to end, and ends it with its children where it does not. */
  stop(): Promise<void>;
}

export interface ProgramOptions {
  name: string;
  command: string;
  args: string[];
  folder: string;
  environment?: Record<string, string>;
  /** Held to this processor by taskset; undefined: to none. */
  core?: number | undefined;
  /** Whether it takes messages. */
  ipc?: boolean;
}

const running = new Set<Program>();
let isOver = false;
// However this process ends, but by SIGKILL: an exception that nothing catches, or a closed standard error.
process.once("exit", () => {
  for (const { process: child } of running) signalGroup(child, "SIGKILL");
});

/** Each is the head of a process group, so that its children end with it, and a terminal's interrupt is left to us. */
export function startProgram(options: ProgramOptions): Program {
  const { name, core } = options;
  if (isOver) throw new Error(`${name} is not started: the benchmark is being stopped`);
  const [command, args] =
    core === undefined
      ? [options.command, options.args]
      : ["taskset", ["--cpu-list", String(core), options.command, ...options.args]];
  const child = spawn(command, args, {
    cwd: options.folder,
    env: { ...ownEnvironment(), ...options.environment },
    stdio: ["ignore", "pipe", "pipe", ...(options.ipc ? (["ipc"] as const) : [])],
    // Messages hold bodies of requests and rows of models.
    serialization: "advanced",
    detached: true,
  });
  let text = "";
  const keep = (part: Buffer) => {
    text = (text + part).slice(-10_000);
  };
  child.stdout?.on("data", keep);
  child.stderr?.on("data", keep);
  let ending: string | undefined;
  const ended = new Promise<void>((resolve) => {
    const end = (reason: string) => {
      ending ??= reason;
      resolve();
    };
    child.once("error", (error) => end(error.message));
    child.once("exit", (code, signal) => end(`it ended with ${signal ?? `status ${code}`}`));
  });
  const program: Program = {
    name,
    process: child,
    pid: child.pid ?? 0,
    ending: () => ending,
    output: () => text.trim().split("\n").slice(-40).join("\n"),
    async stop() {
      running.delete(program);
      if (ending === undefined) signalGroup(child, "SIGTERM");
      await Promise.race([ended, delay(STOP_SECONDS * 1000, undefined, { ref: false })]);
      // What is left of the group when its head has gone, too.
      signalGroup(child, "SIGKILL");
      await ended;
    },
  };
  running.add(program);
  return program;
}

/** Ends everything that was started; nothing starts after it. */
export async function stopAllPrograms(): Promise<void> {
  isOver = true;
  await Promise.all([...running].map((program) => program.stop()));
}

/** Sends a message to a program and waits for the one that it sends back. */
export function ask<Reply>(program: Program, message: object): Promise<Reply> {
  return new Promise((resolve, reject) => {
    const { process: child } = program;
    const fail = () => {
      child.removeListener("message", receive);
      reject(new Error(`${program.name} ended: ${program.ending()}\n${program.output()}`));
    };
    const receive = (reply: unknown) => {
      child.removeListener("exit", fail);
      resolve(reply as Reply);
    };
    if (program.ending() !== undefined) return fail();
    child.once("message", receive);
    child.once("exit", fail);
    child.send(message);
  });
}

/** Waits until the address answers 200. @throws Error with the end of the program's output */
export async function waitUntilReady(program: Program, url: string): Promise<void> {
  const deadline = Date.now() + START_SECONDS * 1000;
  while (program.ending() === undefined && Date.now() < deadline) {
    const response = await fetch(url, { signal: AbortSignal.timeout(2000) }).catch(() => undefined);
    await response?.arrayBuffer().catch(() => undefined);
    if (response?.status === 200) return;
    await delay(100);
  }
  const reason = program.ending() ?? `no answer within ${START_SECONDS} s`;
  throw new Error(`${program.name} did not start: ${reason}\n${program.output()}`);
}

/** Waits until something listens on the port of this machine. */
export async function waitForPort(program: Program, port: number): Promise<void> {
  while (program.ending() === undefined) {
    const isOpen = await new Promise<boolean>((resolve) => {
      const socket = createConnection(port, "127.0.0.1", () => {
        socket.destroy();
        resolve(true);
      });
      socket.once("error", () => resolve(false));
    });
    if (isOpen) return;
    await delay(20);
  }
  throw new Error(`${program.name} did not start: ${program.ending()}\n${program.output()}`);
}

/** Whether programs can be held to a processor here. */
export function canPin(): boolean {
  return process.platform === "linux" && findCommand("taskset") !== undefined;
}

/** Settings of the user's own stacks would reach the measured servers otherwise. */
function ownEnvironment(): NodeJS.ProcessEnv {
  const entries = Object.entries(toolEnvironment()).filter(([name]) => !/^(SKYLOOM|MLSERVER)_/.test(name));
  return Object.fromEntries(entries);
}

function signalGroup(child: ChildProcess, signal: NodeJS.Signals): void {
  if (child.pid === undefined) return;
  try {
    process.kill(-child.pid, signal);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ESRCH") throw error;
  }
}
