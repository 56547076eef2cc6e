import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parse, stringify } from "yaml";
import { nodeBinary, projectFolder, toolEnvironment } from "../scripts/project.mjs";

export interface CommandResult {
  exitCode: number;
  stdout: string;
  /** Standard output and standard error together, without the lines of the engine's progress. */
  text: string;
}

export interface RunningProcess {
  pid: number;
  command: string;
}

const PARTS = [
  "Pulumi.yaml",
  "package.json",
  "package-lock.json",
  "cli",
  "components",
  "examples",
  "policies",
  "pricing",
  "runtime",
  "scripts",
  "simulator",
  "stacks",
];
const isOurs = (path: string) => !/(^|\/)(node_modules|\.skyloom)$/.test(path);

/** A copy of the project whose stack files may be changed, with state of its own. */
export class ProjectCopy {
  readonly #root = mkdtempSync(join(realpathSync(tmpdir()), "skyloom-project-"));
  protected readonly folder = join(this.#root, "project");
  protected readonly stateFolder = join(this.#root, "state");

  constructor() {
    mkdirSync(this.folder);
    for (const part of PARTS)
      if (existsSync(join(projectFolder, part)))
        cpSync(join(projectFolder, part), join(this.folder, part), { recursive: true, filter: isOurs });
    symlinkSync(join(projectFolder, "node_modules"), join(this.folder, "node_modules"));
    // What Node compiled of the SDKs serves all projects of a run; each stack's own would begin empty.
    const compiled = process.env.NODE_COMPILE_CACHE;
    if (compiled === undefined) return;
    mkdirSync(join(this.stateFolder, "cache"), { recursive: true });
    symlinkSync(compiled, join(this.stateFolder, "cache", "node"));
  }

  /** Processes that the project's commands left running. */
  processes(): RunningProcess[] {
    return processesWith(this.#root);
  }

  remove(): void {
    for (const { pid } of this.processes()) process.kill(pid, "SIGKILL");
    rmSync(this.#root, { recursive: true, force: true });
  }

  /** The stack's file, and copies of it that a command line reads instead. */
  protected stackFiles(stack: string): string[] {
    return [join(this.folder, "stacks", `Pulumi.${stack}.yaml`)];
  }

  /** `skyloom:KEY` of the stack's file. */
  protected setting(stack: string, key: string): unknown {
    const [file = ""] = this.stackFiles(stack);
    return (parse(readFileSync(file, "utf8")) as { config: Record<string, unknown> }).config[
      `skyloom:${key}`
    ];
  }

  /** Changes `skyloom:KEY` in the stack's file; a setting that becomes undefined is removed. */
  configure(stack: string, key: string, change: (value: never) => unknown): void {
    for (const file of this.stackFiles(stack)) {
      if (!existsSync(file)) continue;
      const document = parse(readFileSync(file, "utf8")) as { config: Record<string, never> };
      const setting = `skyloom:${key}`;
      const config = { ...document.config, [setting]: change(document.config[setting] as never) };
      writeFileSync(file, stringify({ ...document, config }));
    }
  }

  /** Changes a file of the program. @returns what puts it back. */
  rewrite(path: string, change: (text: string) => string): () => void {
    const file = join(this.folder, path);
    const before = readFileSync(file, "utf8");
    const after = change(before);
    if (after === before) throw new Error(`${path} is as it was`);
    writeFileSync(file, after);
    return () => writeFileSync(file, before);
  }

  /** Lines for a shell. */
  async shell(script: string): Promise<CommandResult> {
    return await finished(this.spawn("bash", ["-c", `set -e\n${script}`]));
  }

  /** Of every command. */
  protected environment(): NodeJS.ProcessEnv {
    return { ...toolEnvironment(), SKYLOOM_STATE_FOLDER: this.stateFolder, NODE_NO_WARNINGS: "1" };
  }

  /** Begins a command in the project, in a process group of its own, as a terminal gives it. */
  protected spawn(command: string, args: string[], environment: NodeJS.ProcessEnv = {}): ChildProcess {
    return spawn(command, args, {
      cwd: this.folder,
      env: { ...this.environment(), ...environment },
      stdio: ["ignore", "pipe", "pipe"],
      detached: true,
    });
  }

  /** Begins a command of ours. */
  protected spawnSkyloom(args: string[]): ChildProcess {
    return this.spawn(nodeBinary, [join(this.folder, "cli/main.ts"), ...args]);
  }
}

export async function finished(child: ChildProcess): Promise<CommandResult> {
  const result = { exitCode: -1, stdout: "", text: "" };
  child.stdout?.on("data", (chunk) => {
    result.stdout += chunk;
    result.text += chunk;
  });
  child.stderr?.on("data", (chunk) => {
    result.text += chunk;
  });
  const [code] = await once(child, "close");
  const isProgress = (line: string) =>
    /^ [ +~-] +[\w-]+:[\w./-]+:\w+ \S+ /.test(line) && !/error|warning/.test(line);
  const lines = result.text.split("\n").filter((line) => !isProgress(line));
  return { ...result, text: lines.join("\n"), exitCode: code ?? -1 };
}

/** Processes that have the folder in their command line or environment; none where the system does not tell. */
function processesWith(folder: string): RunningProcess[] {
  if (!existsSync("/proc")) return [];
  return readdirSync("/proc")
    .filter((name) => /^\d+$/.test(name) && Number(name) !== process.pid)
    .filter((pid) =>
      ["cmdline", "environ"].some((file) => contentOf(join("/proc", pid, file)).includes(folder)),
    )
    .map((pid) => ({
      pid: Number(pid),
      command: contentOf(join("/proc", pid, "cmdline")).replaceAll("\0", " "),
    }));
}

function contentOf(file: string): string {
  try {
    return readFileSync(file, "utf8");
  } catch {
    return "";
  }
}
