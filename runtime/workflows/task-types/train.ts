import { z } from "zod";
import { type DataSet, dataSetSchema } from "../../data/data-set.ts";
import { dataLimits } from "../../data/limits.ts";
import { withDataSet } from "../../data/open-data-set.ts";
import { ApiError } from "../../errors.ts";
import { sha256Of } from "../../inference/read-models.ts";
import { exportTabular } from "../../learning/tabular/export-tabular.ts";
import { numberColumns, type RawExamples, readExamples } from "../../learning/tabular/read-examples.ts";
import { type TrainedInThread, trainInThread } from "../../learning/tabular/train-in-thread.ts";
import { taskDataPrefix } from "../run.ts";
import { closedObject } from "../schema-parts.ts";
import type { TabularModelReference } from "../tabular-model-reference.ts";
import type { StepTaskType, TaskContext } from "../task-type.ts";
import type { Json } from "../workflow.ts";

const maximumClasses = 1000;
const minimumRows = 10;

const schema = closedObject({
  /** What `prepare` gave: all numbers, without missing values. */
  data: dataSetSchema,
  target: z.string(),
  /** Default: every column of numbers but the target. */
  features: z.array(z.string()).min(1).optional(),
  kind: z.enum(["classification", "regression"]).default("classification"),
  /** Widths of the layers in the middle, with ReLU; none: logistic, softmax or linear regression. */
  hidden: z.array(z.number().int().min(1).max(4096)).max(8).default([16]),
  optimiser: closedObject({
    name: z.enum(["adam", "sgd"]).default("adam"),
    rate: z.number().positive().max(10).default(0.01),
    /** sgd only. */
    momentum: z.number().min(0).lt(1).default(0.9),
    weightDecay: z.number().min(0).max(1).default(0),
  }).prefault({}),
  /** Rows of a mini-batch. */
  batch: z.number().int().min(1).max(65_536).default(32),
  epochs: z.number().int().min(1).max(100_000).default(100),
  /** Epochs without a better validation loss after which it ends. */
  patience: z.number().int().min(1).max(100_000).default(10),
  /** Share of the rows by which the best epoch is chosen; 0: by the training loss. */
  validation: z.number().min(0).max(0.9).default(0.15),
  seed: z.number().int().min(0).max(0xffff_ffff).default(0),
  limits: dataLimits,
});

type Parameters = z.infer<typeof schema>;

/**
 * Trains a model of a table in a thread of its own and writes it as ONNX into the bucket below the run, with its
 * standardisation inside; outputs: `{model, metrics, epochs}`. `model`: what `evaluate` and `publish-model` take; `metrics`:
 * `{trainingLoss, validationLoss}` of the best epoch (cross entropy, or half the squared error of the standardised target).
 * The same data, settings and seed give the same model. Errors: `invalid-columns` (400), `missing-values`, `too-few-rows`,
 * `too-many-classes`, `training-failed` (422).
 */
export const train: StepTaskType<Parameters> = {
  kind: "step",
  name: "train",
  isolated: true,
  timeout: 3600,
  schema,
  async execute(parameters, context) {
    const { store, signal } = context;
    const { target, kind } = parameters;
    const { data, limits } = parameters;
    const { features, examples } = await withDataSet({ ...data, limits, store, signal }, async (database) => {
      const features = parameters.features ?? numberColumns(await database.columns("data"), target);
      return { features, examples: await readExamples(database, { kind, features, target }) };
    });
    const { targets, classes } = numberClasses(examples);
    const { rows, inputs } = examples;
    context.log(
      `${rows} rows, ${features.length} features${classes.length > 0 ? `, classes ${classes.join(", ")}` : ""}\n`,
    );
    const outputs = Math.max(1, classes.length);
    const trained = await trainInThread({ rows, inputs, targets, outputs }, parameters, {
      signal,
      onEpoch: ({ epoch, trainingLoss, validationLoss }) =>
        context.log(
          `epoch ${epoch} of ${parameters.epochs}: training loss ${trainingLoss.toFixed(5)}, validation loss ${validationLoss.toFixed(5)}\n`,
        ),
    });
    if (trained.cpuSeconds !== undefined) context.usage({ cpuSeconds: trained.cpuSeconds });
    return await storeModel(trained, features, classes, parameters, context);
  },
};

/** Numbers the classes in the order of their names; none of a regression. */
function numberClasses({ rows, targets }: RawExamples): { targets: Float64Array; classes: string[] } {
  const tooFew = (message: string, code: string) => new ApiError(message, { status: 422, code });
  if (rows < minimumRows)
    throw tooFew(
      `${rows} rows are too few to learn from: there must be at least ${minimumRows}`,
      "too-few-rows",
    );
  if (!Array.isArray(targets)) return { targets, classes: [] };
  const classes = [...new Set(targets)].sort();
  if (classes.length < 2 || classes.length > maximumClasses)
    throw tooFew(
      `the target has ${classes.length} classes: there must be 2 to ${maximumClasses}`,
      classes.length < 2 ? "too-few-classes" : "too-many-classes",
    );
  const numbers = new Map(classes.map((name, index) => [name, index]));
  return { targets: Float64Array.from(targets, (name) => numbers.get(name) ?? 0), classes };
}

async function storeModel(
  { network: { layers, epochs, best }, inputs, output }: TrainedInThread,
  features: string[],
  classes: string[],
  { kind, target, data, seed, ...settings }: Parameters,
  { store, key: taskKey }: TaskContext,
): Promise<Record<string, Json>> {
  const file = exportTabular({ kind, features, target, inputs, output, layers });
  const key = `${taskDataPrefix(taskKey)}model.onnx`;
  await store.put(key, file);
  const { hidden, optimiser, batch, patience, validation } = settings;
  const model: TabularModelReference = {
    key,
    bytes: file.length,
    sha256: sha256Of(file),
    kind,
    features,
    target,
    classes,
    lineage: {
      data: dataLineage(data),
      seed,
      settings: { hidden, optimiser, batch, patience, validation, epochs },
    },
  };
  const { trainingLoss, validationLoss, epoch } = best;
  return { model, metrics: { trainingLoss, validationLoss }, epochs: { run: epochs, best: epoch } };
}

function dataLineage({ key, sha256, rows }: DataSet) {
  return { key, sha256, rows };
}
