import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { createDockerApi } from "../../../runtime/containers/docker/docker-api.ts";
import { createDockerRunner } from "../../../runtime/containers/docker/docker-runner.ts";
import { type ContainerCapabilities, describeContainerContract } from "../../contracts/containers.ts";
import { supported } from "../../contracts/contract.ts";
import { runCountWords } from "../../examples/workflows/count-words.ts";
import { temporaryFolder } from "../../runtime/workflows/temporary-folder.ts";
import { type EngineWithImage, openEngineWithImage } from "../../shell-image.ts";
import { startEmptyRegistry } from "./empty-registry.ts";

const capabilities: ContainerCapabilities = {
  outlivesRuntime: supported,
  usesImage: supported,
  measuresMemory: supported,
  maximumFileBytes: 256 * 1024,
};

// One engine for all: one of our own knows only one at a time.
let engine: EngineWithImage;
let registry: Awaited<ReturnType<typeof startEmptyRegistry>>;

before(async function () {
  this.timeout(900_000);
  engine = await openEngineWithImage();
  registry = await startEmptyRegistry();
});

after(async () => {
  registry?.stop();
  await engine?.stop();
});

/** Containers of an owner of their own. An engine of our own has no network. */
function createRunner() {
  const api = createDockerApi(engine.socket);
  const owner = randomBytes(8).toString("hex");
  return { api, owner, runner: createDockerRunner({ api, owner, network: "none" }) };
}

describeContainerContract({
  name: "docker",
  capabilities,
  async createFixture() {
    const { api, owner, runner } = createRunner();
    const query = { all: "true", filters: JSON.stringify({ label: [`skyloom.dev/owner=${owner}`] }) };
    return {
      runner,
      image: engine.image,
      missingImage: `${registry.address}/skyloom/not-there`,
      count: async () => (await api.json<unknown[]>("GET", "/containers/json", { query })).length,
      async dispose({ keep }) {
        if (!keep) await runner.removeLeftovers(async () => true);
        await runner.close();
      },
    };
  },
});

describe("example of a container on Docker", () => {
  const folder = temporaryFolder();

  it("gives what it gives elsewhere", async function () {
    this.timeout(300_000);
    const { runner } = createRunner();
    try {
      const { log } = await runCountWords(folder.path, runner, engine.image);
      assert.match(log, /container count-1-\w+ is made\n/);
      assert.equal(await runner.removeLeftovers(async () => true), 1);
    } finally {
      await runner.close();
    }
  });
});
