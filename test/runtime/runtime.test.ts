import assert from "node:assert/strict";
import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { readConfig } from "../../runtime/config.ts";
import { createLogger } from "../../runtime/monitoring/logger.ts";
import { startRuntime } from "../../runtime/runtime.ts";
import { createTemporaryFolder, type TemporaryFolder } from "../contracts/temporary-folder.ts";
import { freePorts } from "./workflows/restate-server.ts";

describe("readiness of the runtime", function () {
  this.timeout(30_000);
  let folder: TemporaryFolder;
  beforeEach(async () => {
    folder = await createTemporaryFolder();
  });
  afterEach(() => folder.remove());

  /** Paths of what is not ready, each time that it is asked. */
  async function withRuntime(
    settings: Record<string, string>,
    use: (ask: () => Promise<string[]>) => Promise<void>,
  ) {
    const [port, workflowPort, nobody] = await freePorts(3);
    const config = readConfig({
      SKYLOOM_PORT: String(port),
      SKYLOOM_WORKFLOW_PORT: String(workflowPort),
      SKYLOOM_RESTATE_ADMIN: `http://127.0.0.1:${nobody}`,
      SKYLOOM_BUCKET: pathToFileURL(join(folder.path, "bucket")).href,
      SKYLOOM_QUEUE: `sqlite://${join(folder.path, "queue.db")}`,
      SKYLOOM_LOG_LEVEL: "silent",
      ...settings,
    });
    const runtime = await startRuntime(config, createLogger(config.logLevel));
    try {
      await use(async () => {
        const response = await fetch(`http://127.0.0.1:${port}/healthz/ready`);
        const { problems } = (await response.json()) as { problems: { path: string }[] };
        return problems.map(({ path }) => path);
      });
    } finally {
      await runtime.stop();
    }
  }

  it("looks at the store of secrets where there is one, until it is reached", async () => {
    const secrets = join(folder.path, "secrets");
    await withRuntime({ SKYLOOM_SECRETS: pathToFileURL(secrets).href }, async (ask) => {
      assert.deepEqual(await ask(), ["secrets", "restate"]);
      await mkdir(secrets);
      assert.deepEqual(await ask(), ["restate"]);
    });
  });

  it("looks for no secrets where no setting says where they are", () =>
    withRuntime({}, async (ask) => assert.deepEqual(await ask(), ["restate"])));
});
