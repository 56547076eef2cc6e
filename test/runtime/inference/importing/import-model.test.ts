import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { Readable } from "node:stream";
import { type ImportRequest, importModel } from "../../../../runtime/inference/importing/import-model.ts";
import { publishModel } from "../../../../runtime/inference/publish-model.ts";
import { readManifest } from "../../../../runtime/inference/read-models.ts";
import type { ObjectStore } from "../../../../runtime/object-store/object-store.ts";
import { createOutbound } from "../../../../runtime/outbound/create-outbound.ts";
import { answerOf, useEngines } from "../engine-fixture.ts";
import { externalDataModel, scaleModel } from "../models.ts";
import { thrownBy } from "../thrown-by.ts";

describe("models from the bucket", () => {
  const engines = useEngines();
  const outbound = createOutbound();
  after(() => outbound.close());

  async function imported(
    request: ImportRequest,
    { store = engines.store, ...more }: { store?: ObjectStore; maximumBytes?: number } = {},
  ) {
    const { name, version } = await importModel(request, { store, outbound, ...more });
    return await readManifest(store, name, version);
  }
  const graph = scaleModel(5).files["model.onnx"] as Uint8Array;

  it("are an ONNX file, named as it is or as is asked for", async () => {
    await engines.store.put("uploads/five times.onnx", graph);
    const sha256 = createHash("sha256").update(graph).digest("hex").toUpperCase();
    const model = await imported({ url: "bucket:uploads/five times.onnx", name: "five", sha256 });
    assert.equal(await answerOf(engines.start(), "five"), 5);
    assert.deepEqual(model.lineage, { importedFrom: "bucket:uploads/five times.onnx" });
    const wrong = { url: "bucket:uploads/five times.onnx", sha256: "0".repeat(64) };
    const corrupt = await thrownBy(imported({ ...wrong, name: "five" }));
    assert.deepEqual([corrupt.status, corrupt.code], [422, "import-corrupt"]);
    assert.match(corrupt.message, /five times\.onnx has the SHA-256 [0-9a-f]{64}, expected was 0{64}/);
  });

  it("are a folder, as one on this machine", async () => {
    await engines.store.put("uploads/six/model.onnx", scaleModel(6).files["model.onnx"] as Uint8Array);
    await engines.store.put(
      "uploads/six/model.json",
      JSON.stringify({ description: "times six", pinned: true }),
    );
    const model = await imported({ url: "bucket:uploads/six/" });
    assert.deepEqual([model.name, model.description, model.pinned], ["six", "times six", true]);
    assert.equal(await answerOf(engines.start(), "six"), 6);
  });

  it("are a version of a repository, with all of its files as they were", async () => {
    await publishModel(engines.store, { ...externalDataModel(), description: "with a second file" });
    const url = "bucket:models/external/1/manifest.json";
    const model = await imported({ url, name: "copy" });
    assert.deepEqual(
      model.files.map(({ path }) => path),
      ["model.onnx", "notes.txt", "weights.bin"],
    );
    assert.equal(model.description, "with a second file");
    assert.deepEqual([model.lineage.importedFrom, model.lineage.importedVersion], [url, 1]);
    assert.equal(model.version, 1);
    assert.equal(await answerOf(engines.start(), "copy"), 4);
    await engines.store.put("models/external/1/weights.bin", new Uint8Array(8));
    assert.match((await thrownBy(imported({ url }))).message, /weights\.bin has the SHA-256/);
    await engines.store.put("models/external/1/weights.bin", new Uint8Array(7));
    assert.match(
      (await thrownBy(imported({ url }))).message,
      /weights\.bin has 7 bytes, the manifest says 8/,
    );
  });

  it("go to the bucket as they come, whatever their size", async () => {
    await publishModel(engines.store, externalDataModel());
    await engines.store.put("uploads/six/model.onnx", scaleModel(6).files["model.onnx"] as Uint8Array);
    const streamed: string[] = [];
    const watched: ObjectStore = {
      ...engines.store,
      put(key, body, conditions) {
        if (body instanceof Readable) streamed.push(key);
        return engines.store.put(key, body, conditions);
      },
    };
    for (const url of [
      "bucket:models/external/1/manifest.json",
      "bucket:uploads/six/",
      "bucket:uploads/six/model.onnx",
    ])
      await imported({ url }, { store: watched });
    assert.deepEqual(streamed, [
      "models/external/2/model.onnx",
      "models/external/2/notes.txt",
      "models/external/2/weights.bin",
      "models/six/1/model.onnx",
      "models/model/1/model.onnx",
    ]);
  });

  it("leave nothing behind where the bucket takes them no further", async () => {
    await publishModel(engines.store, externalDataModel());
    const full: ObjectStore = {
      ...engines.store,
      put: (key, body, conditions) =>
        key.endsWith("2/weights.bin")
          ? Promise.reject(new Error("full"))
          : engines.store.put(key, body, conditions),
    };
    const before = await engines.store.list();
    await assert.rejects(
      imported({ url: "bucket:models/external/1/manifest.json" }, { store: full }),
      /full/,
    );
    assert.deepEqual(await engines.store.list(), before);
  });

  it("are not larger than what is allowed for all files together", async () => {
    await publishModel(engines.store, externalDataModel());
    const url = "bucket:models/external/1/manifest.json";
    const error = await thrownBy(imported({ url }, { maximumBytes: graph.length + 100 }));
    assert.deepEqual([error.status, error.code], [413, "import-too-large"]);
  });

  it("are refused with every problem, before anything is fetched", async () => {
    const problems = async (request: ImportRequest) =>
      (await thrownBy(imported(request))).problems.map(({ path }) => path);
    assert.deepEqual(await problems({ url: "http://example.com/m.onnx", name: "a/b", sha256: "1" }), [
      "url",
      "sha256",
      "name",
    ]);
    assert.deepEqual(await problems({ url: "file:///etc/passwd.onnx" }), ["url"]);
    assert.deepEqual(await problems({ url: "https://example.com/folder/" }), ["url"]);
    assert.deepEqual(await problems({ url: "bucket:folder/", sha256: "0".repeat(64) }), ["sha256"]);
  });

  it("tell what is not there or not what it should be", async () => {
    for (const [key, content] of [
      ["a.onnx", "no graph"],
      ["b.json", "{"],
      ["c.json", "{}"],
    ] as const)
      await engines.store.put(key, content);
    const codes: Record<string, string> = {
      "bucket:none.onnx": "import-not-found",
      "bucket:none/": "import-not-found",
      "bucket:a.onnx": "invalid-model",
      "bucket:b.json": "import-corrupt",
      "bucket:c.json": "import-corrupt",
      "https://127.0.0.1/m.onnx": "address-not-allowed",
    };
    for (const [url, code] of Object.entries(codes))
      assert.equal((await thrownBy(imported({ url }))).code, code, url);
  });
});
