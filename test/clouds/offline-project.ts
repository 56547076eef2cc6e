import { existsSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { pulumiBinFolder } from "../../scripts/project.mjs";
import { CloudEditor, type InventoryItem } from "../../simulator/cloud-editor.ts";
import { startSimulator } from "../../simulator/server.ts";
import { type CommandResult, finished, ProjectCopy } from "../project-copy.ts";

export type { CommandResult, RunningProcess } from "../project-copy.ts";

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

/** A copy of the project on simulated clouds. */
export class OfflineProject extends ProjectCopy {
  /** The engine's own command line reads a copy. */
  protected override stackFiles(stack: string): string[] {
    return [...super.stackFiles(stack), join(this.#offline(stack), `Pulumi.${stack}.yaml`)];
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
    return await finished(this.spawnSkyloom([command, "-s", stack, "--offline", "--json", ...args]));
  }

  /** Begins an update and stops it, with all its processes, when the condition holds. */
  async interruptUp(
    stack: string,
    signal: "SIGINT" | "SIGKILL",
    when: () => boolean,
  ): Promise<CommandResult> {
    const child = this.spawnSkyloom(["up", "-s", stack, "--offline", "--json"]);
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
      const child = this.spawn(join(pulumiBinFolder, "pulumi"), [...args, "-s", stack, "--non-interactive"], {
        ...simulator.environment,
        PULUMI_BACKEND_URL: pathToFileURL(join(folder, "pulumi")).href,
        PULUMI_CONFIG_PASSPHRASE: "",
        PULUMI_OPTION_POLICY_PACK: join(this.folder, "policies"),
        PULUMI_SKIP_UPDATE_CHECK: "true",
        PULUMI_NODEJS_TRANSPILE_ONLY: "true",
        PULUMI_OPTION_CONFIG_FILE: join(folder, `Pulumi.${stack}.yaml`),
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
    return join(this.stateFolder, "offline", stack);
  }
}

/** Of a preview as JSON. */
function messagesOf(preview: string): string {
  const { diagnostics = [] } = JSON.parse(preview || "{}") as { diagnostics?: { message: string }[] };
  return diagnostics.map(({ message }) => message).join("\n");
}
