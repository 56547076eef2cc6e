import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer as createPlainServer } from "node:http";
import { createServer, type Server } from "node:https";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { generate } from "selfsigned";
import { publishModel } from "../../runtime/inference/publish-model.ts";
import { createLocalObjectStore } from "../../runtime/object-store/local.ts";
import { externalDataModel, scaleModel } from "../runtime/inference/models.ts";
import { skyloom } from "./skyloom.ts";

const portOf = (server: { address(): unknown }) => (server.address() as AddressInfo).port;

describe("skyloom models import, alias and policy", function () {
  this.timeout(120_000);
  const folder = mkdtempSync(join(tmpdir(), "skyloom-import-"));
  const bucket = pathToFileURL(join(folder, "bucket")).href;
  const certificate = join(folder, "certificate.pem");
  let server: Server;
  const plain = createPlainServer((_request, response) => response.end(scaleModel(7).files["model.onnx"]));
  let address: string;

  before(async () => {
    mkdirSync(join(folder, "bucket"));
    const elsewhere = createLocalObjectStore({ folder: join(folder, "elsewhere") });
    await publishModel(elsewhere, externalDataModel());
    await publishModel(elsewhere, scaleModel(2));
    const names = [{ type: 7 as const, ip: "127.0.0.1" }];
    const keys = await generate([{ name: "commonName", value: "localhost" }], {
      extensions: [{ name: "subjectAltName", altNames: names }],
    });
    writeFileSync(certificate, keys.cert);
    server = createServer({ key: keys.private, cert: keys.cert }, async (request, response) => {
      const path = request.url ?? "";
      if (path === "/plain.onnx") {
        response.writeHead(302, { location: `http://127.0.0.1:${portOf(plain)}/plain.onnx` }).end();
        return;
      }
      const object = await elsewhere.get(path.slice(1));
      response.writeHead(object === undefined ? 404 : 200).end(object?.body);
    });
    for (const one of [server, plain])
      await new Promise<void>((resolve) => one.listen(0, "127.0.0.1", resolve));
    address = `https://127.0.0.1:${portOf(server)}`;
  });
  after(async () => {
    for (const one of [server, plain]) {
      one.closeAllConnections();
      await new Promise((resolve) => one.close(resolve));
    }
    rmSync(folder, { recursive: true });
  });

  const models = (...args: string[]) =>
    skyloom(["models", ...args, "--bucket", bucket], { NODE_EXTRA_CA_CERTS: certificate });
  const fetched = (url: string, ...more: string[]) =>
    models("import", url, "--allow-private", "127.0.0.1", ...more);

  it("takes a version of another repository over https, and one file", async () => {
    const all = await fetched(`${address}/models/external/1/manifest.json`, "--json");
    assert.equal(all.exitCode, 0, all.stderr);
    assert.deepEqual([JSON.parse(all.stdout).model, JSON.parse(all.stdout).version], ["external", 1]);
    const weights = readFileSync(join(folder, "bucket/models/external/1/weights.bin"));
    assert.deepEqual([...new Float32Array(new Uint8Array(weights).buffer)], [4, 5]);
    const one = await fetched(`${address}/models/scale/1/model.onnx`, "--name", "scale");
    assert.match(one.stdout, /model scale version 1 is published and current/, one.stderr);
  });

  it("goes nowhere without https, to no private address, and tells what is not there", async () => {
    for (const [result, message] of [
      [await fetched(`${address}/plain.onnx`), /leads to http:.*, which is not https/],
      [await models("import", `${address}/models/scale/1/model.onnx`), /127\.0\.0\.1/],
      [await fetched(`${address}/none.onnx`), /there is no https:.*none\.onnx/],
      [await fetched("http://127.0.0.1/m.onnx"), /must be https/],
    ] as const) {
      assert.equal(result.exitCode, 2, result.stdout);
      assert.match(result.stderr, message);
    }
  });

  it("names versions and says which may be asked for", async () => {
    await fetched(`${address}/models/scale/1/model.onnx`, "--name", "scale");
    assert.match(
      (await models("alias", "scale", "stable", "1")).stdout,
      /stable of model scale is version 1/,
    );
    assert.match((await models("policy", "scale", "specific", "1,2")).stdout, /\{"specific":\[1,2\]\}/);
    const { stdout } = await models("show", "scale", "--json");
    const { aliases, versionPolicy } = JSON.parse(stdout);
    assert.deepEqual([aliases, versionPolicy], [{ stable: 1 }, { specific: [1, 2] }]);
    assert.match((await models("alias", "scale", "stable")).stdout, /is no version any more/);
    const wrong = await models("policy", "scale", "latest");
    assert.deepEqual([wrong.exitCode, /must be all, latest COUNT/.test(wrong.stderr)], [2, true]);
  });
});
