import { spawn } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { projectFolder, pulumiBinFolder, toolEnvironment } from "../../scripts/project.mjs";
import { CloudEditor, type InventoryItem } from "../../simulator/cloud-editor.ts";
import { type Simulator, startSimulator } from "../../simulator/server.ts";
import type { Variant } from "./program/variant.ts";

export interface CommandResult {
  exitCode: number;
  /** Standard output and standard error together. */
  output: string;
  stdout: string;
}

/** A step of `pulumi preview --json`. */
export interface Step {
  op: string;
  urn: string;
  detailedDiff?: { [path: string]: { kind: string } } | null;
}

/** A copy of the program in a folder of its own, with a file backend and a simulator. */
export class Workspace {
  readonly folder = mkdtempSync(join(tmpdir(), "simulated-"));
  readonly stateFolder = join(this.folder, "cloud");
  readonly faultsFile = join(this.folder, "faults.json");
  #simulator: Simulator | undefined;

  async start(): Promise<void> {
    const program = join(this.folder, "program");
    cpSync(join(import.meta.dirname, "program"), program, { recursive: true });
    writeFileSync(join(program, "package.json"), '{"type": "module"}');
    symlinkSync(join(projectFolder, "node_modules"), join(program, "node_modules"));
    mkdirSync(join(this.folder, "backend"));
    this.#simulator = await startSimulator({ stateFolder: this.stateFolder, faults: this.faultsFile });
    await this.run(["stack", "init", "test"]);
  }

  async stop(): Promise<void> {
    await this.#simulator?.close();
    rmSync(this.folder, { recursive: true, force: true });
  }

  get editor(): CloudEditor {
    return new CloudEditor(this.stateFolder);
  }

  /** What is there, apart from what a cloud keeps of deleted things at no cost. */
  held(): InventoryItem[] {
    return this.editor.list().filter(({ kept }) => kept !== true);
  }

  setFaults(faults: object[]): void {
    writeFileSync(this.faultsFile, JSON.stringify(faults));
  }

  async run(args: string[], variant: Variant = {}): Promise<CommandResult> {
    const child = spawn(join(pulumiBinFolder, "pulumi"), [...args, "--non-interactive"], {
      cwd: join(this.folder, "program"),
      stdio: ["ignore", "pipe", "pipe"],
      env: {
        ...toolEnvironment(),
        PULUMI_BACKEND_URL: pathToFileURL(join(this.folder, "backend")).href,
        PULUMI_CONFIG_PASSPHRASE: "",
        PULUMI_SKIP_UPDATE_CHECK: "true",
        ...this.#simulator?.environment,
        VARIANT: JSON.stringify(variant),
      },
    });
    let output = "";
    let stdout = "";
    child.stdout.on("data", (chunk) => {
      output += chunk;
      stdout += chunk;
    });
    child.stderr.on("data", (chunk) => {
      output += chunk;
    });
    const exitCode = await new Promise<number>((resolve) =>
      child.once("close", (code) => resolve(code ?? 1)),
    );
    return { exitCode, output, stdout };
  }

  up(variant: Variant = {}): Promise<CommandResult> {
    return this.run(["up", "--yes", "--skip-preview"], variant);
  }

  /** The steps of a preview that change something, as `OPERATION TYPE::NAME`, sorted. */
  async changes(variant: Variant = {}): Promise<string[]> {
    const steps = await this.steps(variant);
    return steps.map(({ op, urn }) => `${op} ${urn.split("::").slice(2).join("::")}`).sort();
  }

  async steps(variant: Variant = {}): Promise<Step[]> {
    const { stdout, output, exitCode } = await this.run(["preview", "--json"], variant);
    if (exitCode !== 0) throw new Error(`preview failed: ${output}`);
    const { steps } = JSON.parse(stdout) as { steps: Step[] };
    return steps.filter(({ op }) => op !== "same" && op !== "read");
  }

  /** The stack's resources as Pulumi has them. */
  async state(): Promise<
    { urn: string; id?: string; initErrors?: string[]; inputs?: object; outputs?: object }[]
  > {
    const { stdout } = await this.run(["stack", "export"]);
    return JSON.parse(stdout).deployment.resources ?? [];
  }
}
