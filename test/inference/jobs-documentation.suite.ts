import assert from "node:assert/strict";
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { pathToFileURL } from "node:url";
import { readConfig } from "../../runtime/config.ts";
import { publishModel } from "../../runtime/inference/model-repository.ts";
import { createLogger } from "../../runtime/monitoring/logger.ts";
import { createLocalObjectStore } from "../../runtime/object-store/local.ts";
import { type Runtime, startRuntime } from "../../runtime/runtime.ts";
import { createTemporaryFolder, type TemporaryFolder } from "../contracts/temporary-folder.ts";
import { scaleModel } from "../runtime/inference/models.ts";
import { freePorts } from "../runtime/workflows/restate-server.ts";
import { assertPrints, type Example, examplesOf, readPage } from "./page-examples.ts";

const key = `whsec_${Buffer.alloc(32, 5).toString("base64")}`;

/** A runtime that takes requests, and later one that takes messages: what is pending stays so until then. */
describe("docs/jobs.md", function () {
  this.timeout(120_000);
  const page = readPage("jobs.md");
  const [asking = "", outcome = ""] = page.split("## What became of it");
  const [, receiverCode = ""] = /```js\n(.+?)```/s.exec(page) ?? [];
  const [, printed = ""] = /It prints\n```text\n(.+?)```/s.exec(page) ?? [];
  let folder: TemporaryFolder;
  let receiver: ChildProcess;
  let told = "";
  let ports: number[];
  const runtimes: Runtime[] = [];

  async function start(port: number, consumes: boolean): Promise<void> {
    const [workflowPort, nobody] = await freePorts(2);
    const config = readConfig({
      SKYLOOM_PORT: String(port),
      SKYLOOM_WORKFLOW_PORT: String(workflowPort),
      SKYLOOM_RESTATE_ADMIN: `http://127.0.0.1:${nobody}`,
      SKYLOOM_BUCKET: pathToFileURL(join(folder.path, "bucket")).href,
      SKYLOOM_QUEUE: `sqlite://${join(folder.path, "queue.db")}`,
      SKYLOOM_SECRETS: pathToFileURL(join(folder.path, "secrets")).href,
      SKYLOOM_WEBHOOK_SECRET: "webhook-key",
      SKYLOOM_ALLOW_PRIVATE_ADDRESSES: "127.0.0.1",
      SKYLOOM_CONSUME_QUEUE: String(consumes),
      SKYLOOM_LOG_LEVEL: "silent",
    });
    runtimes.push(await startRuntime(config, createLogger("silent")));
  }

  before(async () => {
    folder = await createTemporaryFolder();
    ports = await freePorts(3);
    await mkdir(join(folder.path, "secrets"));
    await writeFile(join(folder.path, "secrets/webhook-key"), key);
    const store = createLocalObjectStore({ folder: join(folder.path, "bucket") });
    await publishModel(store, scaleModel(1));
    await publishModel(store, scaleModel(2));
    await start(ports[0] as number, false);
    receiver = startReceiver();
    await once(receiver, "spawn");
  });
  after(async () => {
    receiver.kill();
    await Promise.all(runtimes.map((runtime) => runtime.stop()));
    await folder.remove();
  });

  /** In this folder, so that it finds the library. */
  function startReceiver(): ChildProcess {
    const code = receiverCode.replace("9000", String(ports[2]));
    const child = spawn(process.execPath, ["--input-type=module", "--eval", code], {
      cwd: import.meta.dirname,
      env: { ...process.env, WEBHOOK_KEY: key },
      stdio: ["ignore", "pipe", "inherit"],
    });
    child.stdout?.on("data", (chunk) => {
      told += chunk;
    });
    return child;
  }

  function examplesPrint(examples: Example[]): void {
    for (const { command, ...rest } of examples)
      it(`prints what the page shows: ${command.split("\n")[0]}`, () =>
        assertPrints(
          {
            ...JSON.parse(JSON.stringify(rest).replaceAll("127.0.0.1:9000", `127.0.0.1:${ports[2]}`)),
            command: command.replaceAll("127.0.0.1:9000", `127.0.0.1:${ports[2]}`),
          },
          ports[0] as number,
        ));
  }

  examplesPrint(examplesOf(asking));

  it("does the jobs once there is somebody who takes messages, and the receiver is told", async () => {
    await start(ports[1] as number, true);
    for (const end = Date.now() + 60_000; told === ""; await sleep(50))
      assert.ok(Date.now() < end, "the receiver was told nothing");
    assert.equal(told, printed);
    for (const state of ["pending", "running"])
      for (const end = Date.now() + 60_000; ; await sleep(50)) {
        assert.ok(Date.now() < end, `there are still ${state} jobs`);
        const response = await fetch(`http://127.0.0.1:${ports[0]}/v1/jobs?state=${state}`);
        if (((await response.json()) as { jobs: unknown[] }).jobs.length === 0) break;
      }
    const { status } = await fetch(`http://127.0.0.1:${ports[2]}`, { method: "POST", body: "{}" });
    assert.equal(status, 401);
  });

  examplesPrint(examplesOf(outcome));
});
