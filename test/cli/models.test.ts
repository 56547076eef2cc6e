import assert from "node:assert/strict";
import { generateKeyPairSync } from "node:crypto";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import type { NewModelVersion } from "../../runtime/inference/publish-model.ts";
import { readManifest } from "../../runtime/inference/read-models.ts";
import { createObjectStore } from "../../runtime/object-store/create-object-store.ts";
import { identityModel, scaleModel } from "../runtime/inference/models.ts";
import { skyloom } from "./skyloom.ts";

describe("skyloom models", function () {
  this.timeout(60_000);
  const folder = mkdtempSync(join(tmpdir(), "skyloom-models-"));
  const bucket = pathToFileURL(join(folder, "bucket")).href;
  const graph = (model: NewModelVersion) => Object.values(model.files)[0] as Uint8Array;
  const file = join(folder, "double.onnx");
  before(() => {
    mkdirSync(join(folder, "bucket"));
    writeFileSync(file, graph(scaleModel(2)));
  });
  after(() => rmSync(folder, { recursive: true }));

  const publish = (path: string, ...more: string[]) =>
    skyloom(["models", "publish", path, "--bucket", bucket, ...more]);

  it("publishes an ONNX file with the inputs and outputs of its graph, and the next time a next version", async () => {
    const first = await publish(file, "--json");
    const { inputs, outputs } = scaleModel(2);
    assert.deepEqual(JSON.parse(first.stdout), { model: "double", version: 1, inputs, outputs });
    const second = await publish(file);
    assert.match(second.stdout, /model double version 2 is published and current/);
  });

  it("signs a version, and tells the key that checks it", async () => {
    const keyFile = join(folder, "key.pem");
    const { privateKey } = generateKeyPairSync("ed25519");
    writeFileSync(keyFile, privateKey.export({ format: "pem", type: "pkcs8" }));
    const key = (await skyloom(["models", "key", keyFile])).stdout.trim();
    const signed = await publish(file, "--name", "signed", "--sign", keyFile);
    assert.equal(signed.exitCode, 0, signed.stderr);
    const store = await createObjectStore(bucket);
    assert.equal((await readManifest(store, "signed", 1, [key])).version, 1);
    const wrong = await publish(file, "--name", "signed", "--sign", file);
    assert.deepEqual([wrong.exitCode, /must be a private key in PEM form/.test(wrong.stderr)], [2, true]);
  });

  it("goes back to a version that is there, and to no other", async () => {
    const back = await skyloom(["models", "select", "double", "1", "--bucket", bucket]);
    assert.match(back.stdout, /model double serves version 1; before it was 2/, back.stderr);
    const none = await skyloom(["models", "select", "double", "7", "--bucket", bucket]);
    assert.equal(none.exitCode, 2);
    assert.match(none.stderr, /no version 7/);
    const word = await skyloom(["models", "select", "double", "latest", "--bucket", bucket]);
    assert.equal(word.exitCode, 2);
    assert.match(word.stderr, /versions are whole numbers from 1/);
  });

  it("takes from a folder what model.json says besides the graph", async () => {
    const source = join(folder, "texts");
    mkdirSync(source);
    writeFileSync(join(source, "model.onnx"), graph(identityModel("FP32", "echo")));
    writeFileSync(
      join(source, "model.json"),
      JSON.stringify({ name: "echo", description: "as it came", metrics: { accuracy: 1 }, pinned: true }),
    );
    const { stdout, stderr } = await publish(source);
    assert.match(stdout, /model echo version 1/, stderr);
    const manifest = await readManifest(await createObjectStore(bucket), "echo", 1);
    assert.deepEqual(
      [manifest.description, manifest.metrics, manifest.pinned],
      ["as it came", { accuracy: 1 }, true],
    );
    assert.deepEqual(
      manifest.files.map(({ path }) => path),
      ["model.onnx"],
    );
  });

  it("refuses what cannot be served, naming the file or the field", async () => {
    const broken = join(folder, "broken.onnx");
    writeFileSync(broken, "no graph");
    const empty = join(folder, "empty");
    mkdirSync(empty);
    const wrong = join(folder, "wrong");
    mkdirSync(wrong);
    writeFileSync(join(wrong, "model.onnx"), graph(scaleModel(2)));
    writeFileSync(join(wrong, "model.json"), JSON.stringify({ naem: "x", workers: 0 }));
    for (const [path, message] of [
      [join(folder, "nowhere"), /nowhere: does not exist/],
      [broken, /broken\.onnx: is no graph that ONNX Runtime reads/],
      [empty, /model\.onnx: does not exist: the folder needs an ONNX file/],
      [wrong, /naem[\s\S]*workers|workers[\s\S]*naem/],
    ] as const) {
      const { exitCode, stderr } = await publish(path);
      assert.equal(exitCode, 2, stderr);
      assert.match(stderr, message);
    }
  });
});
