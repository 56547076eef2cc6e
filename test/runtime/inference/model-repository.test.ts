import assert from "node:assert/strict";
import { readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import {
  currentVersion,
  listModels,
  listVersions,
  type NewModelVersion,
  publishModel,
  readManifest,
  readModelFiles,
} from "../../../runtime/inference/model-repository.ts";
import type { ObjectStore } from "../../../runtime/object-store/object-store.ts";
import { classifierModel, scaleModel, temporaryStore, textModel } from "./models.ts";
import { thrownBy } from "./thrown-by.ts";

describe("model repository", () => {
  let store: ObjectStore;
  let folder: string;
  let remove: () => Promise<void>;
  beforeEach(async () => {
    ({ store, folder, remove } = await temporaryStore());
  });
  afterEach(() => remove());

  it("publishes version after version, with a manifest that says all of it", async () => {
    const now = () => new Date("2026-01-02T03:04:05Z");
    assert.deepEqual(await publishModel(store, classifierModel(), { now }), { version: 1 });
    assert.deepEqual(await publishModel(store, { ...classifierModel(), metrics: { f1: 0.9 } }), {
      version: 2,
    });
    const manifest = await readManifest(store, "classifier", 1);
    assert.equal(manifest.createdAt, "2026-01-02T03:04:05.000Z");
    assert.equal(manifest.platform, "onnxruntime_onnx");
    assert.deepEqual(manifest.labels, { scores: ["first", "second", "neither"] });
    assert.deepEqual(manifest.lineage, { trainedBy: "test" });
    assert.deepEqual((await readManifest(store, "classifier", 2)).metrics, { f1: 0.9 });
    assert.equal(await currentVersion(store, "classifier"), 2);
    assert.deepEqual(await listVersions(store, "classifier"), [1, 2]);
    const files = await readModelFiles(store, manifest);
    assert.deepEqual(
      new Uint8Array(files.get("model.onnx") ?? []),
      new Uint8Array(classifierModel().files["model.onnx"] as Uint8Array),
    );
  });

  it("sorts versions as numbers and lists models by name, whatever their names have in common", async () => {
    for (let count = 1; count <= 11; count += 1) await publishModel(store, scaleModel(count));
    for (const name of ["scale-2", "scale.x", "Scale", "scale_", "s"])
      await publishModel(store, scaleModel(1, name));
    assert.deepEqual(await listVersions(store, "scale"), [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11]);
    assert.deepEqual((await listModels(store)).sort(), [
      "Scale",
      "s",
      "scale",
      "scale-2",
      "scale.x",
      "scale_",
    ]);
  });

  it("gives publishers at the same time different versions, and the highest becomes current", async () => {
    const publishers = Array.from({ length: 8 }, (_, index) => publishModel(store, scaleModel(index)));
    const versions = (await Promise.all(publishers)).map(({ version }) => version).sort((a, b) => a - b);
    assert.deepEqual(versions, [1, 2, 3, 4, 5, 6, 7, 8]);
    assert.equal(await currentVersion(store, "scale"), 8);
    for (const version of versions) await readModelFiles(store, await readManifest(store, "scale", version));
  });

  it("never points back to its own version when a later one was published meanwhile", async () => {
    let isFirst = true;
    const overtaken: ObjectStore = {
      ...store,
      async put(key, body, conditions) {
        if (key.endsWith("current.json") && isFirst) {
          isFirst = false;
          assert.deepEqual(await publishModel(store, scaleModel(2)), { version: 2 });
        }
        return store.put(key, body, conditions);
      },
    };
    assert.deepEqual(await publishModel(overtaken, scaleModel(1)), { version: 1 });
    assert.equal(await currentVersion(store, "scale"), 2);
  });

  it("leaves nothing of a lost race behind where the files differ", async () => {
    const withData: NewModelVersion = scaleModel(1);
    withData.files = { ...withData.files, "a.bin": Uint8Array.of(1) };
    await Promise.all([publishModel(store, withData), publishModel(store, scaleModel(2))]);
    for (const version of [1, 2]) {
      const { files } = await readManifest(store, "scale", version);
      const found = await readdir(join(folder, "models/scale", String(version)));
      assert.deepEqual(found.sort(), [...files.map(({ path }) => path), "manifest.json"].sort());
    }
  });

  it("skips a number whose publisher died before the manifest, and never lists it", async () => {
    await publishModel(store, scaleModel(1));
    await store.put("models/scale/2/model.onnx", "half of");
    assert.deepEqual(await publishModel(store, scaleModel(3)), { version: 3 });
    assert.deepEqual(await listVersions(store, "scale"), [1, 3]);
    await store.put("models/never-finished/1/model.onnx", "x");
    assert.deepEqual(await listModels(store), ["scale"]);
  });

  it("publishes above a rollback and keeps the aliases", async () => {
    await publishModel(store, scaleModel(1));
    await publishModel(store, scaleModel(2));
    await store.put("models/scale/current.json", JSON.stringify({ version: 1, aliases: { stable: 1 } }));
    assert.deepEqual(await publishModel(store, scaleModel(3)), { version: 3 });
    const pointer = JSON.parse(await readFile(join(folder, "models/scale/current.json"), "utf8"));
    assert.deepEqual(pointer, { version: 3, aliases: { stable: 1 } });
  });

  it("writes nothing of a model with mistakes, and tells all of them", async () => {
    const wrong = {
      ...textModel(".hidden"),
      files: {
        "../model.onnx": Uint8Array.of(1),
        "manifest.json": Uint8Array.of(1),
        empty: new Uint8Array(),
        gone: { path: "/nowhere/model.onnx" },
      },
      inputs: [
        { name: "text", datatype: "BYTES", shape: [-1, 0] },
        { name: "text", datatype: "TEXT", shape: [-1] },
      ],
      labels: { y: ["a", "b"], other: ["c"] },
      metrics: { f1: Number.NaN },
      extra: true,
    } as unknown as NewModelVersion;
    const error = await thrownBy(publishModel(store, wrong));
    assert.deepEqual([error.status, error.code], [400, "invalid-model"]);
    const paths = error.problems.map(({ path }) => path);
    for (const path of [
      "name",
      "inputs.0.shape.1",
      "inputs.1.datatype",
      "metrics.f1",
      "model",
      "files.empty",
      "files.gone",
      "files.manifest.json",
      "files.../model.onnx",
    ])
      assert.ok(paths.includes(path), `${path} in ${paths.join(", ")}`);
    assert.deepEqual((await store.list()).objects, []);
  });

  it("checks what a model says of itself against itself", async () => {
    const good = textModel();
    const [step] = good.preprocessing ?? [];
    assert.ok(step);
    const cases: [Partial<NewModelVersion>, string][] = [
      [{ labels: { y: ["only one"] } }, "labels.y"],
      [{ labels: { z: ["a"] } }, "labels.z"],
      [{ preprocessing: [{ ...step, input: "other" }] }, "preprocessing.0.input"],
      [{ preprocessing: [step, step] }, "preprocessing.1.input"],
      [{ inputs: [{ name: "text", datatype: "FP32", shape: [-1] }] }, "preprocessing.0.input"],
      [
        { inputs: [...good.inputs, { name: "features", datatype: "FP32", shape: [1] }] },
        "preprocessing.0.output",
      ],
      [{ outputs: [...good.outputs, ...good.outputs] }, "outputs.1.name"],
      [{ model: "other.onnx" }, "model"],
    ];
    for (const [change, path] of cases) {
      const error = await thrownBy(publishModel(store, { ...good, ...change }));
      assert.ok(
        error.problems.some((problem) => problem.path === path),
        `${path}: ${error.message}`,
      );
    }
  });

  it("refuses names that are no folder of their own", async () => {
    for (const name of ["", ".", "..", ".a", "a.", "a/b", "a b", "é", "x".repeat(129)]) {
      const error = await thrownBy(publishModel(store, scaleModel(1, name)));
      assert.equal(error.problems[0]?.path, "name", name);
      assert.equal((await thrownBy(readManifest(store, name, 1))).code, "model-not-found");
      assert.equal(await currentVersion(store, name), undefined);
    }
  });

  it("tells an unknown model from an unknown version", async () => {
    await publishModel(store, scaleModel(1));
    assert.equal((await thrownBy(readManifest(store, "other", 1))).code, "model-not-found");
    assert.equal((await thrownBy(readManifest(store, "scale", 2))).code, "model-version-not-found");
  });

  it("notices every file that is missing, cut or changed", async () => {
    const model = scaleModel(1);
    model.files = { ...model.files, "cut.bin": Uint8Array.of(1, 2, 3), "gone.bin": Uint8Array.of(4) };
    await publishModel(store, model);
    const path = join(folder, "models/scale/1");
    const graph = await readFile(join(path, "model.onnx"));
    graph[graph.length - 1] = (graph[graph.length - 1] ?? 0) ^ 1;
    await writeFile(join(path, "model.onnx"), graph);
    await writeFile(join(path, "cut.bin"), Uint8Array.of(1, 2));
    await store.delete("models/scale/1/gone.bin");
    const error = await thrownBy(readModelFiles(store, await readManifest(store, "scale", 1)));
    assert.deepEqual([error.code, error.isRetryable], ["model-corrupt", false]);
    assert.deepEqual(
      error.problems.map(({ path: key, message }) => `${key}: ${message}`),
      [
        "models/scale/1/cut.bin: has 2 bytes, the manifest says 3",
        "models/scale/1/gone.bin: is missing",
        "models/scale/1/model.onnx: does not have the SHA-256 of the manifest",
      ],
    );
  });

  it("says what is wrong with a manifest or a pointer that was changed by hand", async () => {
    await publishModel(store, scaleModel(1));
    await publishModel(store, scaleModel(1, "other"));
    const other = await store.get("models/other/1/manifest.json");
    for (const text of ["{", '{"name": 1}', other?.body ?? ""]) {
      await store.put("models/scale/1/manifest.json", text);
      const error = await thrownBy(readManifest(store, "scale", 1));
      assert.equal(error.code, "model-corrupt");
      assert.match(error.problems[0]?.path ?? "", /^models\/scale\/1\/manifest\.json/);
    }
    await store.put("models/scale/current.json", '{"version": "latest"}');
    assert.equal((await thrownBy(currentVersion(store, "scale"))).code, "model-corrupt");
  });
});
