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
import { pathToFileURL } from "node:url";
import { parse, stringify } from "yaml";
import { nodeBinary, projectFolder, pulumiBinFolder, toolEnvironment } from "../../scripts/project.mjs";
import { CloudEditor, type InventoryItem } from "../../simulator/cloud-editor.ts";
import { startSimulator } from "../../simulator/server.ts";

export interface CommandResult {
  exitCode: number;
  stdout: string;
  /** Standard output and standard error together, without the lines of the engine's progress. */
  text: string;
}

/** A result of `up --json` and `destroy --json`. */
export interface StackDocument {
  changes: Record<string, number>;
  outputs: Record<string, string>;
  left: unknown[];
  /** URNs of the data that a destroy left on purpose. */
  kept: string[];
  seconds: number;
}

/** A change that `pulumi preview --json` lists. */
export interface Step {
  op: string;
  type: string;
  name: string;
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

/** A copy of the project whose stack files may be changed, with state of its own, on simulated clouds. */
export class OfflineProject {
  readonly #root = mkdtempSync(join(realpathSync(tmpdir()), "skyloom-clouds-"));
  readonly #folder = join(this.#root, "project");
  readonly #stateFolder = join(this.#root, "state");

  constructor() {
    mkdirSync(this.#folder);
    for (const part of PARTS)
      if (existsSync(join(projectFolder, part)))
        cpSync(join(projectFolder, part), join(this.#folder, part), { recursive: true, filter: isOurs });
    symlinkSync(join(projectFolder, "node_modules"), join(this.#folder, "node_modules"));
    // What Node compiled of the SDKs serves all projects of a run; each stack's own would begin empty.
    const compiled = process.env.NODE_COMPILE_CACHE;
    if (compiled === undefined) return;
    mkdirSync(join(this.#stateFolder, "cache"), { recursive: true });
    symlinkSync(compiled, join(this.#stateFolder, "cache", "node"));
  }

  /** Processes that the project's commands left running, among them the simulated providers of `env --offline`. */
  processes(): RunningProcess[] {
    return processesWith(this.#root);
  }

  remove(): void {
    for (const { pid } of this.processes()) process.kill(pid, "SIGKILL");
    rmSync(this.#root, { recursive: true, force: true });
  }

  /** Changes `skyloom:KEY` in the stack's file, and in the copy that the engine's own command line reads. */
  configure(stack: string, key: string, change: (value: never) => unknown): void {
    const name = `Pulumi.${stack}.yaml`;
    for (const file of [join(this.#folder, "stacks", name), join(this.#offline(stack), name)]) {
      if (!existsSync(file)) continue;
      const document = parse(readFileSync(file, "utf8")) as { config: Record<string, never> };
      const setting = `skyloom:${key}`;
      const config = { ...document.config, [setting]: change(document.config[setting] as never) };
      writeFileSync(file, stringify({ ...document, config }));
    }
  }

  /** Changes a file of the program. @returns what puts it back. */
  rewrite(path: string, change: (text: string) => string): () => void {
    const file = join(this.#folder, path);
    const before = readFileSync(file, "utf8");
    const after = change(before);
    if (after === before) throw new Error(`${path} is as it was`);
    writeFileSync(file, after);
    return () => writeFileSync(file, before);
  }

  /** The stack's simulated clouds, to change behind its back. */
  editor(stack: string): CloudEditor {
    return new CloudEditor(join(this.#offline(stack), "clouds"));
  }

  /** Faults of the simulated clouds, as in simulator/README.md. */
  setFaults(stack: string, faults: object[]): void {
    mkdirSync(this.#offline(stack), { recursive: true });
    writeFileSync(join(this.#offline(stack), "faults.json"), JSON.stringify(faults));
  }

  /** What the simulated clouds hold, apart from what a cloud keeps for ever at no cost. */
  held(stack: string): InventoryItem[] {
    if (!existsSync(join(this.#offline(stack), "clouds"))) return [];
    return this.editor(stack)
      .list()
      .filter(({ kept }) => kept !== true);
  }

  /** Puts objects into every bucket, and images into every repository. */
  fill(stack: string): void {
    const editor = this.editor(stack);
    for (const { type, id } of editor.list())
      if (/[:/](bucket:Bucket|BlobContainer|repository:Repository)$/.test(type))
        editor.setObjects(type, id, 3);
  }

  /** Inputs of one resource, as its cloud has them. */
  // biome-ignore lint/suspicious/noExplicitAny: tests read paths that they know to be there
  inputs(stack: string, type: string, id: string): any {
    return new CloudEditor(join(this.#offline(stack), "clouds")).get(type, id)?.inputs;
  }

  /** Changes a property behind the stack's back. */
  set(stack: string, type: string, id: string, path: string, value: number): void {
    new CloudEditor(join(this.#offline(stack), "clouds")).set(type, id, path, value);
  }

  exists(stack: string): boolean {
    return existsSync(this.#offline(stack));
  }

  /** The command line as a user calls it. */
  async skyloom(command: string, stack: string, ...args: string[]): Promise<CommandResult> {
    return await finished(this.#spawnSkyloom([command, "-s", stack, "--offline", "--json", ...args]));
  }

  /** Lines for a shell. */
  async shell(script: string): Promise<CommandResult> {
    const child = spawn("bash", ["-c", `set -e\n${script}`], {
      cwd: this.#folder,
      env: this.#environment(),
      stdio: ["ignore", "pipe", "pipe"],
    });
    return await finished(child);
  }

  /** Begins an update and stops it, with all its processes, when the condition holds. */
  async interruptUp(
    stack: string,
    signal: "SIGINT" | "SIGKILL",
    when: () => boolean,
  ): Promise<CommandResult> {
    const child = this.#spawnSkyloom(["up", "-s", stack, "--offline", "--json"]);
    const result = finished(child);
    while (!when() && child.exitCode === null) await new Promise((resolve) => setTimeout(resolve, 50));
    if (child.exitCode === null && child.pid !== undefined) process.kill(-child.pid, signal);
    return await result;
  }

  /** The engine's own command line on the offline stack. */
  async pulumi(stack: string, ...args: string[]): Promise<CommandResult> {
    const folder = this.#offline(stack);
    const simulator = await startSimulator({
      stateFolder: join(folder, "clouds"),
      faults: join(folder, "faults.json"),
    });
    try {
      const child = spawn(join(pulumiBinFolder, "pulumi"), [...args, "-s", stack, "--non-interactive"], {
        cwd: this.#folder,
        env: {
          ...this.#environment(),
          ...simulator.environment,
          PULUMI_BACKEND_URL: pathToFileURL(join(folder, "pulumi")).href,
          PULUMI_CONFIG_PASSPHRASE: "",
          PULUMI_OPTION_POLICY_PACK: join(this.#folder, "policies"),
          PULUMI_SKIP_UPDATE_CHECK: "true",
          PULUMI_NODEJS_TRANSPILE_ONLY: "true",
          PULUMI_OPTION_CONFIG_FILE: join(folder, `Pulumi.${stack}.yaml`),
        },
        stdio: ["ignore", "pipe", "pipe"],
      });
      return await finished(child);
    } finally {
      await simulator.close();
    }
  }

  /** The engine's name of the stack's resource of that name. */
  async urn(stack: string, name: string): Promise<string> {
    const { stdout } = await this.pulumi(stack, "stack", "export");
    const { resources } = JSON.parse(stdout).deployment as { resources: { urn: string }[] };
    const found = resources.find(({ urn }) => urn.endsWith(`::${name}`));
    if (!found) throw new Error(`${stack} has no ${name}`);
    return found.urn;
  }

  /** What an update would change, in the engine's order. The stack must be up. */
  async previewSteps(stack: string): Promise<Step[]> {
    const { exitCode, stdout, text } = await this.pulumi(
      stack,
      "preview",
      "--json",
      "--show-replacement-steps",
    );
    if (exitCode !== 0) throw new Error(messagesOf(stdout) || text);
    const unchanging = ["same", "read", "refresh"];
    const { steps } = JSON.parse(stdout) as { steps: { op: string; urn: string }[] };
    return steps
      .filter(({ op }) => !unchanging.includes(op))
      .map(({ op, urn }) => {
        const [type = "", name = ""] = urn.split("::").slice(-2);
        return { op, type: type.split("$").at(-1) ?? "", name };
      });
  }

  #offline(stack: string): string {
    return join(this.#stateFolder, "offline", stack);
  }

  #environment(): NodeJS.ProcessEnv {
    return { ...toolEnvironment(), SKYLOOM_STATE_FOLDER: this.#stateFolder, NODE_NO_WARNINGS: "1" };
  }

  #spawnSkyloom(args: string[]): ChildProcess {
    return spawn(nodeBinary, [join(this.#folder, "cli/main.ts"), ...args], {
      cwd: this.#folder,
      env: this.#environment(),
      stdio: ["ignore", "pipe", "pipe"],
      // A process group of its own, as a terminal gives it.
      detached: true,
    });
  }
}

/** Of a preview as JSON. */
function messagesOf(preview: string): string {
  const { diagnostics = [] } = JSON.parse(preview || "{}") as { diagnostics?: { message: string }[] };
  return diagnostics.map(({ message }) => message).join("\n");
}

async function finished(child: ChildProcess): Promise<CommandResult> {
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
