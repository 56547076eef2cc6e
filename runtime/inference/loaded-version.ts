import { ApiError, errorMessage } from "../errors.ts";
import type { ObjectStore } from "../object-store/object-store.ts";
import { graphInputs, type ModelManifest } from "./manifest.ts";
import { readManifest, readModelFiles } from "./read-models.ts";
import { withDefaults } from "./scheduling/settings.ts";
import type { ModelContent } from "./workers/messages.ts";
import type { PoolModel, WorkerPool } from "./workers/worker-pool.ts";

/** A version that the workers hold. */
export interface LoadedVersion {
  manifest: ModelManifest;
  poolModel: PoolModel;
  /** Requests under way; it is unloaded only when there is none. */
  users: number;
  isRetired: boolean;
  lastUsed: number;
}

/** Nothing is wrong with the version itself then: the answer passes as it is. */
const passedOnCodes = new Set([
  "model-not-found",
  "model-version-not-found",
  "model-unavailable",
  "shutting-down",
]);

let loads = 0;

/** @throws ApiError `model-not-found`, `model-version-not-found` (404), `model-unavailable` (503) with the reason */
export async function loadVersion(
  store: ObjectStore,
  pool: WorkerPool,
  name: string,
  version: number,
): Promise<LoadedVersion> {
  try {
    const manifest = await readManifest(store, name, version);
    loads += 1;
    const poolModel: PoolModel = {
      // A number of its own: a repository that was emptied begins again at version 1.
      key: `${name}/${version}#${loads}`,
      scheduling: withDefaults(manifest),
      workers: manifest.workers,
      readContent: () => readContent(store, manifest),
    };
    try {
      await pool.load(poolModel);
    } catch (error) {
      await pool.unload(poolModel.key);
      throw error;
    }
    return { manifest, poolModel, users: 0, isRetired: false, lastUsed: 0 };
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

async function readContent(store: ObjectStore, manifest: ModelManifest): Promise<ModelContent> {
  const files = await readModelFiles(store, manifest);
  const graph = files.get(manifest.model);
  if (graph === undefined)
    throw new ApiError(`${manifest.model} is none of the version's files`, {
      status: 503,
      code: "model-corrupt",
    });
  files.delete(manifest.model);
  return {
    graph,
    externalData: [...files].map(([path, data]) => ({ path, data })),
    inputs: graphInputs(manifest),
    outputs: manifest.outputs,
    preprocessing: manifest.preprocessing ?? [],
    isBatched: manifest.batching !== undefined,
  };
}
