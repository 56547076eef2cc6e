import { z } from "zod";
import { dataSetSchema } from "../../data/data-set.ts";
import type { Database } from "../../data/database.ts";
import { dataLimits } from "../../data/limits.ts";
import { withDataSet } from "../../data/open-data-set.ts";
import { ApiError } from "../../errors.ts";
import type { ModelManifest } from "../../inference/manifest.ts";
import { currentVersion, readManifest, sha256Of } from "../../inference/read-models.ts";
import { loadOnnx } from "../../learning/onnx/run-onnx.ts";
import { tabularInput, tabularOutput } from "../../learning/tabular/export-tabular.ts";
import { judge } from "../../learning/tabular/judge.ts";
import { readExamples } from "../../learning/tabular/read-examples.ts";
import { closedObject } from "../schema-parts.ts";
import { type TabularModelReference, tabularModelReference } from "../tabular-model-reference.ts";
import type { StepTaskType, TaskContext } from "../task-type.ts";
import type { Json } from "../workflow.ts";

const schema = closedObject({
  /** Rows that the model has not learned from. */
  data: dataSetSchema,
  /** A model that `train` gave. */
  model: tabularModelReference.optional(),
  /** The name of a published model, whose current version is judged by the same rows; there may be none yet. */
  current: z.string().min(1).optional(),
  limits: dataLimits,
}).refine(
  ({ model, current }) => model !== undefined || current !== undefined,
  "must hold model, current, or both",
);

type Parameters = z.infer<typeof schema>;

/**
 * Judges models by held-out data; outputs: `{rows, metrics, current}`. `metrics` of the model that `train` gave, null without
 * one; `current`: `{name, version, metrics}`, null where nothing is published by that name. Classification: `accuracy`,
 * `logLoss`; regression: `rmse`, `meanAbsoluteError`, `r2` (learning/tabular/metrics.ts).
 */
export const evaluate: StepTaskType<Parameters> = {
  kind: "step",
  name: "evaluate",
  isolated: true,
  timeout: 600,
  schema,
  async execute({ data, model, current, limits }, context) {
    const { store, signal } = context;
    return await withDataSet({ ...data, limits, store, signal }, async (database) => {
      const metrics = model === undefined ? null : await judgeCandidate(database, model, context);
      if (metrics !== null) context.log(`candidate: ${shown(metrics)}\n`);
      const published = current === undefined ? null : await judgeCurrent(database, current, model, context);
      if (published !== null)
        context.log(`version ${published.version} of ${current}: ${shown(published.metrics)}\n`);
      return { rows: await database.count("data"), metrics, current: published as Json };
    });
  },
};

async function judgeCandidate(
  database: Database,
  model: TabularModelReference,
  { store, signal }: TaskContext,
): Promise<Record<string, number>> {
  const file = (await store.get(model.key))?.body;
  if (file === undefined || sha256Of(file) !== model.sha256)
    throw new ApiError(
      `the model ${model.key} ${file === undefined ? "is gone" : "has changed"} in the bucket`,
      {
        status: 422,
        code: "model-changed",
      },
    );
  const { kind, classes, features, target } = model;
  const examples = await readExamples(database, { kind, features, target });
  const runner = await loadOnnx(file);
  try {
    return await judge(
      {
        kind,
        classes,
        async predict(data, rows) {
          const outputs = await runner.run({ [tabularInput]: { shape: [rows, features.length], data } });
          return outputs[tabularOutput[kind]]?.data ?? [];
        },
      },
      examples,
      signal,
    );
  } finally {
    await runner.release();
  }
}

async function judgeCurrent(
  database: Database,
  name: string,
  candidate: TabularModelReference | undefined,
  { store, inference, signal }: TaskContext,
): Promise<{ name: string; version: number; metrics: Record<string, number> } | null> {
  const version = await currentVersion(store, name);
  if (version === undefined) return null;
  const { input, output, features, target, kind, classes } = described(
    await readManifest(store, name, version),
  );
  if (candidate !== undefined && (candidate.target !== target || candidate.kind !== kind))
    throw notComparable(`version ${version} of ${name} is a ${kind} of "${target}"`);
  const examples = await readExamples(database, { kind, features, target });
  const metrics = await judge(
    {
      kind,
      classes,
      async predict(data, rows) {
        const tensor = {
          name: input,
          datatype: "FP32" as const,
          shape: [rows, features.length],
          data: [...data],
        };
        const request = { inputs: [tensor], outputs: [{ name: output }] };
        const answer = await inference.infer(name, String(version), request, signal);
        return (answer.outputs.find((each) => each.name === output)?.data ?? []) as number[];
      },
    },
    examples,
    signal,
  );
  return { name, version, metrics };
}

/** How a published model is asked, and what its answers mean. */
function described(manifest: ModelManifest) {
  const lineage = z
    .object({ features: z.array(z.string()).min(1), target: z.string() })
    .safeParse(manifest.lineage);
  const [input, output] = [manifest.inputs[0], manifest.outputs[0]];
  if (!lineage.success || input === undefined || output === undefined)
    throw notComparable(
      `version ${manifest.version} of ${manifest.name} does not tell its columns: its lineage needs features and target`,
    );
  const classes = manifest.labels?.[output.name] ?? [];
  const kind = classes.length > 0 ? ("classification" as const) : ("regression" as const);
  return { input: input.name, output: output.name, classes, kind, ...lineage.data };
}

function notComparable(message: string): ApiError {
  return new ApiError(message, { status: 422, code: "not-comparable" });
}

function shown(metrics: Record<string, number>): string {
  return Object.entries(metrics)
    .map(([name, value]) => `${name} ${value.toFixed(4)}`)
    .join(", ");
}
