import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { createWriteStream, mkdirSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import type { Run } from "../../../runtime/workflows/run.ts";
import { projectFolder } from "../../../scripts/project.mjs";
import { freePorts, type RestateServer, startRestateServer } from "../../runtime/workflows/restate-server.ts";
import { waitForRun } from "../../runtime/workflows/wait-for-run.ts";

/** How long a cluster may take for anything. */
export const patienceSeconds = 240;

/** The runtime as it is started anywhere, with a Restate of its own; it may be killed and started again. */
export class RuntimeProcess {
  readonly #folder: string;
  readonly #settings: Record<string, string>;
  #restate: RestateServer | undefined;
  #process: ChildProcess | undefined;
  #ports: number[] = [];

  /** @param settings besides bucket, queue and ports */
  constructor(folder: string, settings: Record<string, string>) {
    this.#folder = folder;
    this.#settings = settings;
  }

  async start(): Promise<void> {
    mkdirSync(this.#folder, { recursive: true });
    this.#restate ??= await startRestateServer(join(this.#folder, "restate"));
    if (this.#ports.length === 0) this.#ports = await freePorts(2);
    const [http, workflows] = this.#ports;
    const log = createWriteStream(join(this.#folder, "runtime.log"), { flags: "a" });
    await once(log, "open");
    this.#process = spawn(process.execPath, ["--no-warnings", "runtime/main.ts"], {
      cwd: projectFolder,
      stdio: ["ignore", log, log],
      env: {
        PATH: process.env.PATH,
        SKYLOOM_PORT: String(http),
        SKYLOOM_WORKFLOW_PORT: String(workflows),
        SKYLOOM_BUCKET: pathToFileURL(join(this.#folder, "bucket")).href,
        SKYLOOM_QUEUE: `sqlite://${join(this.#folder, "queue.db")}`,
        SKYLOOM_RESTATE_INGRESS: this.#restate.ingress,
        SKYLOOM_RESTATE_ADMIN: this.#restate.admin,
        ...this.#settings,
      },
    });
    await this.#until(async () => (await fetch(`${this.#url}/healthz/ready`)).ok, "the runtime is ready");
  }

  async kill(): Promise<void> {
    const { exitCode, signalCode } = this.#process ?? {};
    if (this.#process === undefined || exitCode !== null || signalCode !== null) return;
    const exited = once(this.#process, "exit");
    this.#process.kill("SIGKILL");
    await exited;
  }

  async stop(): Promise<void> {
    await this.kill();
    await this.#restate?.kill();
  }

  /** Puts a workflow of that name, and starts a run of it. */
  async run(name: string, specification: string, inputs: object = {}): Promise<Run> {
    await this.request("PUT", `/v1/workflows/${name}`, { specification });
    return await this.request<Run>("POST", "/v1/runs", { workflow: name, inputs });
  }

  /** Waits until it has ended. */
  async ended({ id }: Pick<Run, "id">): Promise<Run> {
    return await waitForRun(() => this.request<Run>("GET", `/v1/runs/${id}`), undefined, patienceSeconds);
  }

  /** Waits until the task's log has the text, and gives all of it. */
  async logged({ id }: Pick<Run, "id">, task: string, text: string): Promise<string> {
    let log = "";
    const read = async () => {
      log = await (await fetch(`${this.#url}/v1/runs/${id}/logs?task=${task}`)).text();
      return log.includes(text);
    };
    await this.#until(read, `the log of ${task} has "${text}"`, () => log);
    return log;
  }

  async request<Answer>(method: string, path: string, body?: object): Promise<Answer> {
    const response = await fetch(this.#url + path, {
      method,
      ...(body !== undefined && {
        headers: { "content-type": "application/json" },
        body: JSON.stringify(body),
      }),
    });
    const answer = (await response.json()) as Answer & { error?: string };
    if (!response.ok) throw new Error(`${method} ${path}: ${answer.error}`);
    return answer;
  }

  get #url(): string {
    return `http://127.0.0.1:${this.#ports[0]}`;
  }

  async #until(is: () => Promise<boolean>, what: string, found = () => ""): Promise<void> {
    for (let end = Date.now() + patienceSeconds * 1000; Date.now() < end; ) {
      if (await is().catch(() => false)) return;
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
    throw new Error(`not within ${patienceSeconds} s: ${what} ${found()}`);
  }
}
