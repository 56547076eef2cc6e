import type { ChildProcess } from "node:child_process";
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import type { WorkloadStatus } from "../../../cli/cluster/workload-status.ts";
import { pulumiBinFolder } from "../../../scripts/project.mjs";
import { type CommandResult, finished, ProjectCopy } from "../../project-copy.ts";
import { required } from "../required.ts";
import type { Storage } from "./storage.ts";

export interface StackDocument {
  changes: Record<string, number>;
  outputs: Record<string, string>;
  seconds: number;
}

const STACK = "existing";
const PASSPHRASE = "a passphrase of the test's own";

/** The example stack `existing` on the cluster of KUBECONFIG, brought up by the command line as a user does. */
export class PlatformStack extends ProjectCopy {
  readonly namespace: string;
  readonly #storage: Storage;

  constructor(namespace: string, storage: Storage) {
    super();
    this.namespace = namespace;
    this.#storage = storage;
  }

  /** Makes stack and configuration; nothing in the cluster. */
  async prepare(settings: Record<string, unknown> = {}): Promise<void> {
    mkdirSync(this.#backend, { recursive: true });
    this.set("existing", {
      namespace: this.namespace,
      bucket: this.#storage.bucketUrl,
      queue: this.#storage.queueUrl,
      accelerators: { t4: { labels: { [ACCELERATOR_LABEL]: "t4" } } },
    });
    this.set("image", required("TEST_IMAGE"));
    for (const [key, value] of Object.entries(settings)) this.set(key, value);
    await this.#pulumi("stack", "init", STACK, "--no-select");
    for (const [name, value] of Object.entries(this.#storage.credentials))
      await this.#pulumi(
        "config",
        "set",
        "--secret",
        "--path",
        `skyloom:credentials.${name}`,
        value,
        "-s",
        STACK,
      );
  }

  /** A setting of the stack; undefined removes it. */
  set(key: string, value: unknown): void {
    this.configure(STACK, key, () => value);
  }

  get(key: string): unknown {
    return this.setting(STACK, key);
  }

  async up(): Promise<StackDocument> {
    const { exitCode, stdout, text } = await this.tryUp();
    if (exitCode !== 0) throw new Error(`up ended with ${exitCode}:\n${text}`);
    return JSON.parse(stdout);
  }

  async tryUp(): Promise<CommandResult> {
    return await finished(this.#skyloom("up", "--yes"));
  }

  async status(): Promise<{ exitCode: number; healthy: boolean; workloads: WorkloadStatus[] }> {
    const { exitCode, stdout, text } = await finished(this.#skyloom("status"));
    if (stdout === "") throw new Error(`status ended with ${exitCode}:\n${text}`);
    return { exitCode, ...JSON.parse(stdout) };
  }

  async destroy(): Promise<CommandResult> {
    return await finished(this.#skyloom("destroy", "--yes"));
  }

  /** Names of what an update would change, with the operation. */
  async changes(): Promise<string[]> {
    const stdout = await this.#pulumi("preview", "--json", "-s", STACK);
    const { steps } = JSON.parse(stdout) as { steps: { op: string; urn: string }[] };
    return steps
      .filter(({ op }) => !["same", "read", "refresh"].includes(op))
      .map(({ op, urn }) => `${op} ${urn.split("::").at(-1)}`)
      .sort();
  }

  /** The bearer token of the runtime. */
  async token(): Promise<string> {
    return (await this.#pulumi("stack", "output", "token", "--show-secrets", "-s", STACK)).trim();
  }

  get #backend(): string {
    return join(this.stateFolder, "backend");
  }

  protected override environment(): NodeJS.ProcessEnv {
    return {
      ...super.environment(),
      PULUMI_BACKEND_URL: pathToFileURL(this.#backend).href,
      PULUMI_CONFIG_PASSPHRASE: PASSPHRASE,
      PULUMI_SKIP_UPDATE_CHECK: "true",
    };
  }

  #skyloom(...args: string[]): ChildProcess {
    return this.spawnSkyloom([...args, "-s", STACK, "--json"]);
  }

  async #pulumi(...args: string[]): Promise<string> {
    const command = this.spawn(join(pulumiBinFolder, "pulumi"), [...args, "--non-interactive"]);
    const { exitCode, stdout, text } = await finished(command);
    if (exitCode !== 0) throw new Error(`pulumi ${args[0]} ended with ${exitCode}:\n${text}`);
    return stdout;
  }
}

/** By which the tests mark the nodes that have the accelerator of their GPU pool. */
export const ACCELERATOR_LABEL = "skyloom.dev/test-accelerator";
