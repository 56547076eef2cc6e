import { type ChildProcess, spawn } from "node:child_process";
import { randomBytes } from "node:crypto";
import { cpSync, mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { installStandIn } from "../../../scripts/kubernetes-provider.mjs";
import { projectFolder, pulumiBinFolder, toolEnvironment } from "../../../scripts/project.mjs";
import { Cluster } from "../cluster.ts";
import type { Declared, Program } from "./program/declared.ts";

/** Less than any suite's own time limit, which would end a test without a word. */
const LONGEST_COMMAND_MS = 240_000;

export interface CommandResult {
  exitCode: number;
  /** Standard output and standard error together. */
  output: string;
  stdout: string;
  seconds: number;
}

/** A program, a stack with a file backend, and a namespace of its own on the cluster. */
export class KubernetesWorkspace {
  readonly folder = mkdtempSync(join(realpathSync(tmpdir()), "kubernetes-"));
  readonly namespace = `test-${randomBytes(4).toString("hex")}`;
  readonly cluster = new Cluster();
  provider: Program["provider"];
  #environment: NodeJS.ProcessEnv = {};

  async start(labels: { [name: string]: string } = {}): Promise<void> {
    const program = this.#program;
    cpSync(join(import.meta.dirname, "program"), program, { recursive: true });
    writeFileSync(join(program, "package.json"), '{"type": "module"}');
    writeFileSync(
      join(program, "Pulumi.yaml"),
      "name: kubernetes-test\nruntime: {name: nodejs, options: {typescript: false}}\nmain: index.ts\n",
    );
    symlinkSync(join(projectFolder, "node_modules"), join(program, "node_modules"));
    mkdirSync(join(this.folder, "backend"));
    installStandIn(this.#home);
    await this.cluster.makeNamespace(this.namespace, labels);
    await this.run(["stack", "init", "test"]);
  }

  /** Takes everything away, also what a failed test left. */
  async stop(): Promise<void> {
    await this.cluster.deleteNamespace(this.namespace);
    rmSync(this.folder, { recursive: true, force: true });
  }

  /** A plugin cache of its own: the user's may hold the official provider. */
  get #home(): string {
    return join(this.folder, "home");
  }

  get #program(): string {
    return join(this.folder, "program");
  }

  setEnvironment(environment: NodeJS.ProcessEnv): void {
    this.#environment = environment;
  }

  declare(objects: Declared[]): void {
    const program: Program = { objects, ...(this.provider && { provider: this.provider }) };
    writeFileSync(join(this.#program, "objects.json"), JSON.stringify(program));
  }

  /** Starts a command of the engine, for a test that interrupts it. */
  begin(args: string[]): ChildProcess {
    return spawn(join(pulumiBinFolder, "pulumi"), [...args, "--non-interactive", "--color", "never"], {
      cwd: this.#program,
      stdio: ["ignore", "pipe", "pipe"],
      env: {
        ...toolEnvironment(),
        PULUMI_HOME: this.#home,
        PULUMI_BACKEND_URL: pathToFileURL(join(this.folder, "backend")).href,
        PULUMI_CONFIG_PASSPHRASE: "",
        PULUMI_SKIP_UPDATE_CHECK: "true",
        PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION: "true",
        PULUMI_K8S_NAMESPACE: this.namespace,
        ...this.#environment,
      },
    });
  }

  async run(args: string[]): Promise<CommandResult> {
    return await this.finish(this.begin(args));
  }

  /** Interrupts a command that takes too long: its output then says what it waited for. */
  async finish(child: ChildProcess): Promise<CommandResult> {
    const started = performance.now();
    const interruption = setTimeout(() => child.kill("SIGINT"), LONGEST_COMMAND_MS);
    let output = "";
    let stdout = "";
    child.stdout?.on("data", (chunk) => {
      output += chunk;
      stdout += chunk;
    });
    child.stderr?.on("data", (chunk) => {
      output += chunk;
    });
    const exitCode = await new Promise<number>((resolve) =>
      child.once("close", (code) => resolve(code ?? 1)),
    );
    clearTimeout(interruption);
    return { exitCode, output, stdout, seconds: (performance.now() - started) / 1000 };
  }

  /** `pulumi up` of these objects. */
  async up(objects: Declared[], ...args: string[]): Promise<CommandResult> {
    this.declare(objects);
    return await this.run(["up", "--yes", "--skip-preview", ...args]);
  }

  /** What a preview would change, as `OPERATION NAME`, sorted. @throws Error with the output when it fails. */
  async changes(objects: Declared[]): Promise<string[]> {
    this.declare(objects);
    const { stdout, output, exitCode } = await this.run(["preview", "--json"]);
    if (exitCode !== 0) throw new Error(`preview failed: ${output.slice(output.indexOf('"diagnostics"'))}`);
    const { steps } = JSON.parse(stdout) as { steps: { op: string; urn: string }[] };
    return steps
      .filter(({ op }) => !["same", "read", "refresh"].includes(op))
      .map(({ op, urn }) => `${op} ${urn.split("::").at(-1)}`)
      .sort();
  }

  /** The stack's resources as the engine keeps them. */
  async state(): Promise<State[]> {
    const { stdout } = await this.run(["stack", "export"]);
    return JSON.parse(stdout).deployment.resources ?? [];
  }
}

export interface State {
  urn: string;
  id?: string;
  type: string;
  initErrors?: string[];
  inputs?: { [name: string]: unknown };
  outputs?: { [name: string]: unknown };
}
