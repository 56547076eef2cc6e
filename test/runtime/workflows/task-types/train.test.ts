import assert from "node:assert/strict";
import { generateKeyPairSync } from "node:crypto";
import { join } from "node:path";
import type { DataSet } from "../../../../runtime/data/data-set.ts";
import { createInference } from "../../../../runtime/inference/engine.ts";
import type { Inference } from "../../../../runtime/inference/inference.ts";
import { publicKeyOf } from "../../../../runtime/inference/model-signature.ts";
import { createModelSigner } from "../../../../runtime/inference/model-signer.ts";
import { currentVersion, readManifest } from "../../../../runtime/inference/read-models.ts";
import { seededRandom } from "../../../../runtime/learning/tabular/random.ts";
import type { TabularModelReference } from "../../../../runtime/workflows/tabular-model-reference.ts";
import type { TaskContext } from "../../../../runtime/workflows/task-type.ts";
import { evaluate } from "../../../../runtime/workflows/task-types/evaluate.ts";
import { prepare } from "../../../../runtime/workflows/task-types/prepare.ts";
import { publishModelTask } from "../../../../runtime/workflows/task-types/publish-model.ts";
import { train } from "../../../../runtime/workflows/task-types/train.ts";
import { temporaryFolder } from "../temporary-folder.ts";
import { problemsOf, runTask, secretsOf, taskContext } from "./run-task.ts";

interface Trained {
  model: TabularModelReference;
  metrics: { trainingLoss: number; validationLoss: number };
  epochs: { run: number; best: number };
}
interface Evaluated {
  rows: number;
  metrics: Record<string, number> | null;
  current: { name: string; version: number; metrics: Record<string, number> } | null;
}

describe("tasks train, evaluate, publish-model", function () {
  this.timeout(120_000);
  const folder = temporaryFolder();
  const signingKey = generateKeyPairSync("ed25519").privateKey;
  let context: TaskContext;
  let inference: Inference;
  let data: DataSet;
  let test: DataSet;
  let count = 0;
  const log: string[] = [];

  before(async () => {
    const bucket = join(folder.path, "bucket");
    context = taskContext(bucket, {
      log: (text) => void log.push(String(text)),
      secrets: secretsOf({
        signing: String(signingKey.export({ format: "pem", type: "pkcs8" })),
        other: "no key",
      }),
    });
    inference = createInference({ store: context.store, workers: 1, pointerCheckSeconds: 3600 });
    context.inference = inference;
    const random = seededRandom(4);
    const lines = Array.from({ length: 600 }, () => {
      const [load, latency] = [random() * 100, random() * 500];
      const state = load > 60 && latency > 250 ? "overloaded" : load < 10 ? "idle" : "fine";
      return JSON.stringify({ load, latency, state, cost: 2 * load + latency / 10 });
    });
    await context.store.put("in/states.jsonl", `${lines.join("\n")}\n`);
    const from = { bucket: { keys: ["in/states.jsonl"] } };
    const outputs = await task(prepare, { from, steps: [{ split: { test: 0.3, seed: 1 } }] });
    [data, test] = [outputs.data as unknown as DataSet, outputs.test as unknown as DataSet];
  });
  beforeEach(() => log.splice(0));
  after(async () => {
    await context.outbound.close();
    await inference.close();
  });

  /** Each is a task of its own. */
  async function task<With>(
    type: Parameters<typeof runTask<With>>[0],
    parameters: object,
    changes: Partial<TaskContext> = {},
  ) {
    const name = `task-${++count}`;
    return await runTask(type, parameters, { ...context, task: name, key: `run-1/${name}`, ...changes });
  }
  const states = { target: "state", features: ["load", "latency"] };
  const trained = async (changes: object = {}) =>
    (await task(train, { data, ...states, epochs: 40, ...changes })) as unknown as Trained;
  const evaluated = async (parameters: object) =>
    (await task(evaluate, { data: test, ...parameters })) as unknown as Evaluated;

  it("learn, judge by held-out rows, publish what is better only, and serve it", async () => {
    const weak = await trained({ hidden: [], epochs: 1 });
    const first = await evaluated({ model: weak.model, current: "states" });
    assert.equal(first.current, null);
    const mustBeat = (current: unknown, margin = 0) => ({ metric: "logLoss", margin, current });
    const publish = (model: TabularModelReference, metrics: unknown, beat: object) =>
      task(publishModelTask, { name: "states", model, metrics, mustBeat: beat });
    assert.deepEqual(await publish(weak.model, first.metrics, mustBeat(null)), {
      published: true,
      version: 1,
      reason: null,
    });

    const strong = await trained();
    const second = await evaluated({ model: strong.model, current: "states" });
    assert.ok(second.metrics && second.current);
    assert.ok((second.metrics.accuracy as number) > 0.9, JSON.stringify(second));
    assert.equal(second.current.version, 1);
    for (const [name, value] of Object.entries(first.metrics ?? {}))
      assert.ok(Math.abs((second.current.metrics[name] as number) - value) < 1e-6, "served as it was judged");
    const far = await publish(strong.model, second.metrics, mustBeat(second.current, 100));
    assert.equal(far.published, false);
    assert.match(String(far.reason), /must be better by 100 at least$/);
    assert.equal((await publish(strong.model, second.metrics, mustBeat(second.current))).version, 2);

    const same = await evaluated({ current: "states" });
    assert.equal(same.metrics, null);
    const again = await publish(strong.model, second.metrics, mustBeat(same.current));
    assert.equal(again.published, false, "equal is not better");
    await assert.rejects(publish(strong.model, second.metrics, mustBeat(second.current)), {
      code: "current-changed",
    });

    const { lineage, metrics, labels } = await readManifest(context.store, "states", 2);
    assert.deepEqual(metrics, second.metrics);
    assert.deepEqual(labels, { probabilities: ["fine", "idle", "overloaded"] });
    assert.deepEqual(
      [lineage.run, lineage.target, lineage.features, lineage.seed, lineage.data],
      ["run-1", "state", states.features, 0, { key: data.key, sha256: data.sha256, rows: data.rows }],
    );
    await inference.ready("states");
    const answer = await inference.infer("states", undefined, {
      inputs: [{ name: "features", datatype: "FP32", shape: [1, 2], data: [95, 450] }],
    });
    assert.deepEqual(answer.outputs[0]?.parameters?.labels, ["overloaded"]);
  });

  it("regress, and tell progress in the log", async () => {
    const { model } = await trained({ kind: "regression", target: "cost", hidden: [], epochs: 30 });
    assert.deepEqual(model.classes, []);
    assert.equal(log.filter((line) => /^epoch \d+ of 30: training loss/.test(line)).length > 1, true);
    const { metrics } = await evaluated({ model });
    assert.ok((metrics?.r2 as number) > 0.99, JSON.stringify(metrics));
    await task(publishModelTask, { name: "costs", model, metrics });
    const served = await evaluated({ model, current: "costs" });
    assert.ok(Math.abs((served.current?.metrics.rmse as number) - (metrics?.rmse as number)) < 1e-3);
  });

  it("give the same model for the same data and seed", async () => {
    let cpuSeconds: number | undefined;
    context.usage = (measured) => {
      cpuSeconds = measured.cpuSeconds;
    };
    const [one, same, other] = [
      await trained({ epochs: 3 }),
      await trained({ epochs: 3 }),
      await trained({ epochs: 3, seed: 1 }),
    ];
    assert.equal(one.model.sha256, same.model.sha256);
    assert.notEqual(one.model.sha256, other.model.sha256);
    if (process.platform === "linux") assert.equal(typeof cpuSeconds, "number");
  });

  it("publish once however often the attempt is made", async () => {
    const { model } = await trained({ epochs: 1 });
    const publish = () => task(publishModelTask, { name: "once", model }, { key: "run-1/once" });
    assert.equal((await publish()).version, 1);
    assert.equal((await publish()).version, 1);
    assert.equal(await currentVersion(context.store, "once"), 1);
  });

  it("sign a version with a secret key", async () => {
    const { model } = await trained({ epochs: 1 });
    const publish = (secret: string) =>
      task(publishModelTask, { name: "signed", model, signing: { secret } });
    await assert.rejects(publish("other"), { code: "secret-not-usable" });
    await publish("signing");
    const { version } = await readManifest(context.store, "signed", 1, [publicKeyOf(signingKey)]);
    assert.equal(version, 1);
  });

  it("are signed with the runtime's key where they name none, and are not published where they could not be loaded", async () => {
    const { model } = await trained({ epochs: 1 });
    const { secrets } = context;
    const modelKeys = [publicKeyOf(signingKey)];
    const publish = (secret: string | undefined) =>
      task(
        publishModelTask,
        { name: "guarded", model },
        { modelSigner: createModelSigner({ secrets, secret, modelKeys }) },
      );
    await assert.rejects(publish(undefined), { code: "cannot-sign", status: 409 });
    assert.equal(await currentVersion(context.store, "guarded"), undefined);
    await publish("signing");
    assert.equal((await readManifest(context.store, "guarded", 1, modelKeys)).version, 1);
  });

  it("say what the data does not allow", async () => {
    await assert.rejects(trained({ features: ["laod", "state"], target: "stat" }), {
      code: "invalid-columns",
      problems: [
        {
          path: "features[0]",
          message: 'there is no column "laod", did you mean "load"? columns are load, latency, state, cost',
        },
        { path: "features[1]", message: '"state" is VARCHAR, and must be a number: encode it with oneHot' },
        {
          path: "target",
          message: 'there is no column "stat", did you mean "state"? columns are load, latency, state, cost',
        },
      ],
    });
    const text = Array.from({ length: 20 }, (_, n) => `{"a":${n === 3 ? null : n},"b":"x"}\n`).join("");
    await context.store.put("in/holes.jsonl", text);
    const holes = { ...data, key: "in/holes.jsonl", format: "jsonl" };
    await assert.rejects(trained({ data: holes, features: ["a"], target: "b" }), {
      code: "missing-values",
      message: /missing in a: impute/,
    });
    await context.store.put("in/one.jsonl", text.replace("null", "3"));
    await assert.rejects(trained({ data: { ...holes, key: "in/one.jsonl" }, features: ["a"], target: "b" }), {
      code: "too-few-classes",
    });
    const { model } = await trained({ epochs: 1 });
    await context.store.put(model.key, "another");
    await assert.rejects(evaluated({ model }), { code: "model-changed" });
    await assert.rejects(task(publishModelTask, { name: "changed", model }), { code: "model-changed" });
  });

  it("end a training when it is cancelled", async () => {
    const controller = new AbortController();
    const reason = new Error("cancelled");
    const endless = task(
      train,
      { data, ...states, epochs: 100_000, patience: 100_000 },
      {
        signal: controller.signal,
        log: (text) => String(text).startsWith("epoch 2 ") && controller.abort(reason),
      },
    );
    await assert.rejects(endless, reason);
  });

  it("name what is wrong with a declaration", async () => {
    const { model } = await trained({ epochs: 1 });
    const current = { name: "other", version: 1, metrics: { rmse: 1 } };
    assert.deepEqual(
      problemsOf(publishModelTask, { name: "x", model, mustBeat: { metric: "accuracy", current } }),
      [
        "metrics: must hold accuracy, which mustBeat compares",
        "mustBeat.current.metrics: must hold accuracy",
        "mustBeat.current.name: is other, not x",
      ],
    );
    assert.deepEqual(problemsOf(evaluate, { data: test }), [": must hold model, current, or both"]);
  });
});
