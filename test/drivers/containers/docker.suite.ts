import { randomBytes } from "node:crypto";
import { createDockerApi } from "../../../runtime/containers/docker/docker-api.ts";
import { createDockerRunner } from "../../../runtime/containers/docker/docker-runner.ts";
import { type ContainerCapabilities, describeContainerContract } from "../../contracts/containers.ts";
import { supported } from "../../contracts/contract.ts";
import { type EngineWithImage, openEngineWithImage } from "../../shell-image.ts";
import { startEmptyRegistry } from "./empty-registry.ts";

const capabilities: ContainerCapabilities = {
  outlivesRuntime: supported,
  usesImage: supported,
  measuresMemory: supported,
  maximumFileBytes: 256 * 1024,
};

describe("containers of Docker", () => {
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

  describeContainerContract({
    name: "docker",
    capabilities,
    async createFixture() {
      const api = createDockerApi(engine.socket);
      const owner = randomBytes(8).toString("hex");
      // An engine of our own has no other network.
      const runner = createDockerRunner({ api, owner, network: "none" });
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
});
