import { ApiError, errorMessage } from "../errors.ts";
import type { ObjectStore } from "../object-store/object-store.ts";
import { checkParts } from "./ensembles/check-parts.ts";
import { atStep } from "./ensembles/step-errors.ts";
import type { EnsembleStep } from "./ensembles/steps.ts";
import type { ModelLabels } from "./inference-metrics.ts";
import { graphInputs, graphOutputs, type ModelManifest } from "./manifest.ts";
import { readManifest, readModelFiles } from "./read-models.ts";
import { createResponseCache, type ResponseCache } from "./response-cache.ts";
import type { ExecutedRun } from "./scheduling/scheduler.ts";
import { withDefaults } from "./scheduling/settings.ts";
import { warmUpRun } from "./warm-up.ts";
import type { ModelContent } from "./workers/messages.ts";
import type { PoolModel, WorkerPool } from "./workers/worker-pool.ts";

/** A version that the workers hold, or an ensemble of such. */
export interface LoadedVersion {
  manifest: ModelManifest;
  /** The pool knows nothing of an ensemble's. */
  poolModel: PoolModel;
  /** Of all its workers; undefined for an ensemble. */
  executionProvider: string | undefined;
  /** Why not an execution provider that comes before it in the settings. */
  refusals: string[];
  /** Where the manifest asks for one. */
  cache: ResponseCache | undefined;
  /** As estimated before it was loaded. */
  memoryBytes: number;
  /** Requests under way; it is unloaded only when there is none. */
  users: number;
  isRetired: boolean;
  lastUsed: number;
}

export interface LoadOptions {
  store: ObjectStore;
  pool: WorkerPool;
  /** @returns the bytes that are set aside for it. @throws ApiError `model-memory-exceeded` (503) */
  reserveMemory(manifest: ModelManifest): number;
  /** Public keys, one of which must have signed a version. Default: none need be signed. */
  modelKeys?: string[] | undefined;
  /** Waits until the model of an ensemble's step serves. @throws ApiError */
  loadPart(step: EnsembleStep): Promise<unknown>;
  /** After each run of the graph. */
  onExecuted?: ((version: Pick<LoadedVersion, "manifest">, run: ExecutedRun) => void) | undefined;
  /** The graph does not treat rows one by one, as its manifest says. */
  onBatchingRefused?: ((version: Pick<LoadedVersion, "manifest">) => void) | undefined;
}

/** Nothing is wrong with the version itself then: the answer passes as it is. */
const passedOnCodes = new Set([
  "model-not-found",
  "model-version-not-found",
  "model-unavailable",
  "model-not-loaded",
  "model-memory-exceeded",
  "shutting-down",
]);

let loads = 0;

/** @throws ApiError `model-not-found`, `model-version-not-found` (404), `model-unavailable` (503) with the reason */
export async function loadVersion(
  { store, pool, modelKeys, reserveMemory, loadPart, onExecuted, onBatchingRefused }: LoadOptions,
  name: string,
  version: number,
): Promise<LoadedVersion> {
  try {
    const manifest = await readManifest(store, name, version, modelKeys);
    const memoryBytes = reserveMemory(manifest);
    loads += 1;
    const poolModel: PoolModel = {
      // A number of its own: a repository that was emptied begins again at version 1.
      key: `${name}/${version}#${loads}`,
      scheduling: withDefaults(manifest),
      workers: manifest.workers,
      observer: {
        executed: (run) => onExecuted?.({ manifest }, run),
        batchingRefused: () => onBatchingRefused?.({ manifest }),
      },
      readContent: () => readContent(store, manifest),
    };
    const { steps } = manifest;
    if (steps !== undefined) await loadParts(store, { ...manifest, steps }, loadPart);
    const { executionProvider, refusals } =
      steps === undefined ? await pool.load(poolModel) : { executionProvider: undefined, refusals: [] };
    return {
      manifest,
      poolModel,
      executionProvider,
      refusals,
      cache: manifest.cache && createResponseCache(manifest.cache.maximumBytes),
      memoryBytes,
      users: 0,
      isRetired: false,
      lastUsed: 0,
    };
  } catch (error) {
    throw asUnavailable(`model ${name} version ${version}`, error);
  }
}

/** The `model-unavailable` (503) that says why; an error that is not about the model's content passes as it is. */
export function asUnavailable(what: string, error: unknown): ApiError {
  if (error instanceof ApiError && passedOnCodes.has(error.code)) return error;
  return new ApiError(`${what} is unavailable: ${errorMessage(error)}`, {
    status: 503,
    code: "model-unavailable",
    problems: error instanceof ApiError ? error.problems : [],
    cause: error,
  });
}

/** @throws ApiError `model-unavailable` (503) with everything that does not fit, or the step that does not load */
async function loadParts(
  store: ObjectStore,
  ensemble: ModelManifest & { steps: EnsembleStep[] },
  loadPart: LoadOptions["loadPart"],
): Promise<void> {
  const problems = await checkParts(store, ensemble);
  if (problems.length > 0) {
    const list = problems.map(({ path, message }) => `${path} ${message}`).join("; ");
    throw new ApiError(`its steps do not fit: ${list}`, { status: 503, code: "ensemble-invalid", problems });
  }
  await Promise.all(
    ensemble.steps.map((step, index) =>
      loadPart(step).catch((error) => {
        throw atStep(index, step, error);
      }),
    ),
  );
}

export function labelsOf({ manifest }: { manifest: Pick<ModelManifest, "name" | "version"> }): ModelLabels {
  return { model: manifest.name, version: String(manifest.version) };
}

async function readContent(store: ObjectStore, manifest: ModelManifest): Promise<ModelContent> {
  const files = await readModelFiles(store, manifest);
  const { model = "" } = manifest;
  const graph = files.get(model);
  if (graph === undefined)
    throw new ApiError(`${model} is none of the version's files`, {
      status: 503,
      code: "model-corrupt",
    });
  files.delete(model);
  return {
    graph,
    externalData: [...files].map(([path, data]) => ({ path, data })),
    inputs: graphInputs(manifest),
    outputs: graphOutputs(manifest),
    preprocessing: manifest.preprocessing ?? [],
    postprocessing: manifest.postprocessing ?? [],
    isBatched: manifest.batching !== undefined,
    warmUp: (manifest.warmUp ?? []).map((sample) => warmUpRun(sample, manifest)),
  };
}
