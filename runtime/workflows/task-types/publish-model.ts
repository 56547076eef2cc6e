import { z } from "zod";
import { ApiError } from "../../errors.ts";
import { makeCurrent, publishModel } from "../../inference/publish-model.ts";
import { currentVersion, listVersions, readManifest, sha256Of } from "../../inference/read-models.ts";
import { tabularInput, tabularOutput } from "../../learning/tabular/export-tabular.ts";
import { type MetricName, metricDirections } from "../../learning/tabular/metrics.ts";
import { closedObject } from "../schema-parts.ts";
import { type TabularModelReference, tabularModelReference } from "../tabular-model-reference.ts";
import { secretName } from "../task-secrets.ts";
import type { StepTaskType, TaskContext } from "../task-type.ts";
import type { Json } from "../workflow.ts";

const metrics = z.record(z.string(), z.number());
const metricNames = Object.keys(metricDirections) as [MetricName, ...MetricName[]];
/** Versions among which one that this task made may be. */
const versionsLookedAt = 20;

const schema = closedObject({
  /** Under which it is served. */
  name: z.string().min(1).max(128),
  description: z.string().default(""),
  /** What `train` gave. */
  model: tabularModelReference,
  /** What `evaluate` measured of it. */
  metrics: metrics.default({}),
  /** It is published only where it is better than what is current. */
  mustBeat: closedObject({
    metric: z.enum(metricNames),
    /** By how much, in units of the metric. */
    margin: z.number().min(0).default(0),
    /** What `evaluate` measured of the current version; null: there is none, so nothing to beat. */
    current: z.object({ name: z.string(), version: z.number().int(), metrics }).nullable(),
  }).optional(),
  /** Secret with the private key (PEM, ed25519) that signs the version. Default: the runtime's, where it has one. */
  signing: closedObject({ secret: secretName }).optional(),
}).superRefine(({ mustBeat, metrics: own, name }, context) => {
  const report = (path: string[], message: string) => context.addIssue({ code: "custom", path, message });
  if (mustBeat === undefined) return;
  if (own[mustBeat.metric] === undefined)
    report(["metrics"], `must hold ${mustBeat.metric}, which mustBeat compares`);
  if (mustBeat.current !== null && mustBeat.current.metrics[mustBeat.metric] === undefined)
    report(["mustBeat", "current", "metrics"], `must hold ${mustBeat.metric}`);
  if (mustBeat.current !== null && mustBeat.current.name !== name)
    report(["mustBeat", "current", "name"], `is ${mustBeat.current.name}, not ${name}`);
});

type Parameters = z.infer<typeof schema>;

/**
 * Publishes a trained model as the current version, with metrics and lineage (run, task, data and its digest, seed, settings,
 * features); outputs: `{published, version, reason}`, not published and with the reason where it does not beat the current
 * one. An attempt that is repeated finds the version that the first one made. Errors: `current-changed` (409) where another
 * version than the one that was measured is current by now, `model-changed` (422), and those of ModelSigner.
 */
export const publishModelTask: StepTaskType<Parameters> = {
  kind: "step",
  name: "publish-model",
  schema,
  fixed: ["signing"],
  async execute(parameters, context) {
    const { name, mustBeat } = parameters;
    const made = await versionOfTask(name, context);
    if (made !== undefined) {
      await makeCurrent(context.store, name, made);
      return { published: true, version: made, reason: null };
    }
    if (mustBeat !== undefined) {
      const reason = await whyNotBetter(parameters, mustBeat, context);
      if (reason !== undefined) {
        context.log(`not published: ${reason}\n`);
        return { published: false, version: null, reason };
      }
    }
    const version = await publish(parameters, context);
    context.log(`published as version ${version} of ${name}\n`);
    return { published: true, version, reason: null };
  },
};

async function versionOfTask(name: string, { store, key }: TaskContext): Promise<number | undefined> {
  for (const version of (await listVersions(store, name)).slice(-versionsLookedAt).reverse())
    if ((await readManifest(store, name, version)).lineage.taskKey === key) return version;
  return undefined;
}

async function whyNotBetter(
  { name, metrics: own }: Parameters,
  { metric, margin, current }: NonNullable<Parameters["mustBeat"]>,
  { store }: TaskContext,
): Promise<string | undefined> {
  const version = await currentVersion(store, name);
  if (version !== current?.version)
    throw new ApiError(
      `version ${version ?? "none"} of ${name} is current by now, not the measured ${current?.version ?? "none"}: evaluate again`,
      { status: 409, code: "current-changed" },
    );
  if (current === null) return undefined;
  const [mine, theirs] = [own[metric] as number, current.metrics[metric] as number];
  const gain = metricDirections[metric] === "higher" ? mine - theirs : theirs - mine;
  // Equal is not better.
  if (gain > 0 && gain >= margin) return undefined;
  return `its ${metric} is ${mine}, that of version ${current.version} is ${theirs}; it must be better by ${margin} at least`;
}

async function publish(
  { name, description, model, metrics: own, signing }: Parameters,
  context: TaskContext,
): Promise<number> {
  const { store } = context;
  const file = (await store.get(model.key))?.body;
  if (file === undefined || sha256Of(file) !== model.sha256)
    throw new ApiError(
      `the model ${model.key} ${file === undefined ? "is gone" : "has changed"} in the bucket`,
      {
        status: 422,
        code: "model-changed",
      },
    );
  const signingKey = await context.modelSigner.key(signing?.secret);
  const output = tabularOutput[model.kind];
  const { version } = await publishModel(
    store,
    {
      name,
      description,
      model: "model.onnx",
      inputs: [{ name: tabularInput, datatype: "FP32", shape: [-1, model.features.length] }],
      outputs: [{ name: output, datatype: "FP32", shape: [-1, Math.max(1, model.classes.length)] }],
      ...(model.classes.length > 0 && { labels: { [output]: model.classes } }),
      metrics: own,
      lineage: lineageOf(model, context),
      files: { "model.onnx": file },
    },
    { signingKey },
  );
  return version;
}

function lineageOf({ lineage, features, target, sha256 }: TabularModelReference, context: TaskContext) {
  const { runId, task, key } = context;
  return { ...lineage, features, target, sha256, run: runId, task, taskKey: key } as Record<string, Json>;
}
