import { spawn } from "node:child_process";
import { once } from "node:events";
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  realpathSync,
  rmSync,
  symlinkSync,
} from "node:fs";
import { connect, createServer } from "node:net";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { pathToFileURL } from "node:url";
import { projectFolder, pulumiBinFolder } from "../../scripts/project.mjs";

export interface EngineResult {
  exitCode: number;
  /** Standard output and standard error. */
  text: string;
  /** What the engine did to each resource of the local cloud, by name; what stayed the same is left out. */
  changed: Record<string, string>;
}

/** A copy of the project with a state folder and a Pulumi backend of its own, driven by the real command line. */
export interface LocalProject {
  folder: string;
  stateFolder: string;
  pulumi(...args: string[]): Promise<EngineResult>;
  /** `pulumi up` as `npm run up` calls it. */
  up(stack: string): Promise<EngineResult>;
  /** Begins an update, and kills the engine as soon as the file is there; its lock is cleared. */
  killDuringUp(stack: string, file: string): Promise<void>;
  destroy(stack: string): Promise<EngineResult>;
  outputs(stack: string): Promise<Record<string, string>>;
  /** Process ids by the name of the process. */
  pids(stack: string): Promise<Record<string, number>>;
  remove(): void;
}

const PARTS = [
  "Pulumi.yaml",
  "package.json",
  "package-lock.json",
  "stacks",
  "components",
  "runtime",
  "policies",
  "pricing",
];

/** @throws Error that says what to do where set-up has not run. */
export function createLocalProject(): LocalProject {
  const cli = join(pulumiBinFolder, "pulumi");
  if (!existsSync(cli)) throw new Error(`there is no ${cli}: run npm run up or npm test, which install it`);
  const root = mkdtempSync(join(realpathSync(tmpdir()), "skyloom-stack-"));
  const folder = join(root, "project");
  const stateFolder = join(root, "state");
  const backend = join(stateFolder, "pulumi");
  mkdirSync(backend, { recursive: true });
  for (const part of [...PARTS, "examples/automatic-operations"])
    if (existsSync(join(projectFolder, part)))
      cpSync(join(projectFolder, part), join(folder, part), { recursive: true, filter: isOurs });
  symlinkSync(join(projectFolder, "node_modules"), join(folder, "node_modules"));

  const environment = {
    HOME: process.env.HOME,
    ...(process.env.PULUMI_HOME !== undefined && { PULUMI_HOME: process.env.PULUMI_HOME }),
    PATH: [join(projectFolder, "node_modules", ".bin"), pulumiBinFolder, process.env.PATH].join(delimiter),
    PULUMI_BACKEND_URL: pathToFileURL(backend).href,
    PULUMI_CONFIG_PASSPHRASE: "",
    PULUMI_SKIP_UPDATE_CHECK: "true",
    // Without it there is no --event-log.
    PULUMI_DEBUG_COMMANDS: "true",
    SKYLOOM_STATE_FOLDER: stateFolder,
  };
  const eventLog = join(root, "events.jsonl");

  async function pulumi(...args: string[]): Promise<EngineResult> {
    const child = spawn(cli, [...args, "--non-interactive", "--color=never"], {
      cwd: folder,
      env: environment,
      stdio: ["ignore", "pipe", "pipe"],
    });
    let text = "";
    for (const stream of [child.stdout, child.stderr]) stream.on("data", (chunk) => (text += chunk));
    const exitCode = await new Promise<number>((resolve) =>
      child.once("close", (code) => resolve(code ?? 1)),
    );
    return { exitCode, text, changed: {} };
  }

  async function change(operation: "up" | "destroy", stack: string): Promise<EngineResult> {
    rmSync(eventLog, { force: true });
    const result = await pulumi(operation, "-s", stack, "--yes", "--skip-preview", "--event-log", eventLog);
    return { ...result, changed: existsSync(eventLog) ? readChanges(eventLog) : {} };
  }

  return {
    folder,
    stateFolder,
    pulumi,
    up: (stack) => change("up", stack),
    async killDuringUp(stack, file) {
      const args = ["up", "-s", stack, "--yes", "--skip-preview", "--non-interactive"];
      const child = spawn(cli, args, { cwd: folder, env: environment, stdio: "ignore" });
      const closed = once(child, "close");
      while (!existsSync(file) && child.exitCode === null) await new Promise(setImmediate);
      child.kill("SIGKILL");
      await closed;
      await pulumi("cancel", "-s", stack, "--yes");
    },
    destroy: (stack) => change("destroy", stack),
    async outputs(stack) {
      return JSON.parse((await pulumi("stack", "output", "--json", "-s", stack)).text);
    },
    async pids(stack) {
      const { deployment } = JSON.parse((await pulumi("stack", "export", "-s", stack)).text);
      const processes = (deployment.resources ?? []).filter(
        ({ type }: { type: string }) => type === "skyloom:local:Process",
      );
      return Object.fromEntries(
        processes.map(({ inputs, outputs }: Record<string, Record<string, unknown>>) => [
          inputs?.name,
          outputs?.pid,
        ]),
      );
    },
    remove: () => rmSync(root, { recursive: true, force: true }),
  };
}

const isOurs = (path: string) => !/(^|\/)(node_modules|\.skyloom)$/.test(path);

function readChanges(eventLog: string): Record<string, string> {
  const changes: Record<string, string> = {};
  for (const line of readFileSync(eventLog, "utf8").split("\n").filter(Boolean)) {
    const { op, urn = "", type = "" } = JSON.parse(line).resOutputsEvent?.metadata ?? {};
    if (type.startsWith("skyloom:") && op !== "same" && op !== "refresh")
      changes[urn.split("::").at(-1)] = op;
  }
  return changes;
}

/** The first of six free ports in a row, as a stack takes them. */
export async function freePortRange(): Promise<number> {
  for (;;) {
    const first = 20_000 + Math.floor(Math.random() * 10_000);
    const isFree = await Promise.all([0, 1, 2, 3, 4, 5].map((offset) => canListen(first + offset)));
    if (isFree.every(Boolean)) return first;
  }
}

function canListen(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once("error", () => resolve(false));
    server.listen(port, "127.0.0.1", () => server.close(() => resolve(true)));
  });
}

/** Whether something accepts connections on the port. */
export function answers(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, "127.0.0.1");
    const end = (isAnswered: boolean) => {
      socket.destroy();
      resolve(isAnswered);
    };
    socket.once("connect", () => end(true));
    socket.once("error", () => end(false));
  });
}
