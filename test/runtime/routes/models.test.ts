import assert from "node:assert/strict";
import { Registry } from "prom-client";
import { createModelSigner } from "../../../runtime/inference/model-signer.ts";
import { publishModel } from "../../../runtime/inference/publish-model.ts";
import { createLogger } from "../../../runtime/monitoring/logger.ts";
import type { ObjectStore } from "../../../runtime/object-store/object-store.ts";
import { createOutbound } from "../../../runtime/outbound/create-outbound.ts";
import { createModelsRouter } from "../../../runtime/routes/models.ts";
import { createApp, listen, type RunningServer } from "../../../runtime/server.ts";
import { scaleModel, temporaryStore } from "../inference/models.ts";

describe("models router", () => {
  const outbound = createOutbound();
  let store: ObjectStore;
  let remove: () => unknown;
  const servers: RunningServer[] = [];
  let address: string;

  beforeEach(async () => {
    ({ store, remove } = await temporaryStore());
    await publishModel(store, scaleModel(1));
    await publishModel(store, scaleModel(2));
    address = await start([]);
  });
  afterEach(async () => {
    await Promise.all(servers.splice(0).map((server) => server.stop(0)));
    await remove();
  });
  after(() => outbound.close());

  async function start(modelKeys: string[]): Promise<string> {
    const modelSigner = createModelSigner({ secrets: undefined, secret: undefined, modelKeys });
    const app = createApp({
      logger: createLogger("silent"),
      registry: new Registry(),
      token: undefined,
      readiness: [],
      routers: [createModelsRouter({ store, outbound, modelSigner })],
    });
    const server = await listen(app, "127.0.0.1", 0);
    servers.push(server);
    return `http://127.0.0.1:${server.port}/v1/models`;
  }

  async function ask(method: string, path: string, body?: object, at = address) {
    const response = await fetch(`${at}${path}`, {
      method,
      ...(body !== undefined && { body: JSON.stringify(body) }),
    });
    return [response.status, await response.json()] as const;
  }

  it("tells and changes current version, aliases and version policy", async () => {
    const before = { name: "scale", version: 2, aliases: {}, versionPolicy: "all", versions: [1, 2] };
    assert.deepEqual(await ask("GET", "/scale"), [200, before]);
    assert.deepEqual(await ask("POST", "/scale:select", { version: 1 }), [200, { ...before, version: 1 }]);
    await ask("PUT", "/scale/aliases/stable", { version: 2 });
    await ask("PUT", "/scale/aliases/old", { version: 1 });
    await ask("DELETE", "/scale/aliases/old");
    const after = { ...before, version: 1, aliases: { stable: 2 }, versionPolicy: { latest: 1 } };
    assert.deepEqual(await ask("PUT", "/scale/policy", { versionPolicy: { latest: 1 } }), [200, after]);
  });

  it("names what is wrong with a change", async () => {
    const codes: [string, string, object | undefined, number, string][] = [
      ["GET", "/none", undefined, 404, "model-not-found"],
      ["POST", "/scale:select", { version: 9 }, 404, "model-version-not-found"],
      ["POST", "/scale:select", { version: "1" }, 400, "invalid-request"],
      ["PUT", "/scale/aliases/1", { version: 1 }, 400, "invalid-alias"],
      ["PUT", "/scale/policy", { versionPolicy: "some" }, 400, "invalid-policy"],
      ["POST", "/five:import", { url: "http://example.com/five.onnx" }, 400, "invalid-import"],
    ];
    for (const [method, path, body, status, code] of codes) {
      const [answered, answer] = await ask(method, path, body);
      assert.deepEqual([answered, (answer as { code: string }).code], [status, code], path);
    }
  });

  it("imports a model from the bucket, unless this runtime could not load it", async () => {
    await store.put("uploads/five.onnx", scaleModel(5).files["model.onnx"] as Uint8Array);
    const body = { url: "bucket:uploads/five.onnx" };
    assert.deepEqual(await ask("POST", "/five:import", body), [201, { name: "five", version: 1 }]);
    assert.deepEqual((await ask("GET", "/five"))[1], {
      name: "five",
      version: 1,
      aliases: {},
      versionPolicy: "all",
      versions: [1],
    });
    const [status, answer] = await ask("POST", "/five:import", body, await start(["a key"]));
    assert.deepEqual([status, (answer as { code: string }).code], [409, "cannot-sign"]);
  });
});
