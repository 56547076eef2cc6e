import { ApiError } from "../errors.ts";
import type { ObjectStore } from "../object-store/object-store.ts";
import { modelNotFound, readPointer } from "./read-models.ts";
import type { ServedModels } from "./served-models.ts";

/** `automatic`: a model is loaded when it is first wanted; `explicit`: only by a call to load it. */
export type ModelControlMode = "automatic" | "explicit";

export interface ModelControl {
  /** Whether requests may use the model. */
  mayServe(name: string): boolean;
  /** @throws ApiError `model-not-loaded` (503) where it may not be used, `model-not-found` (404) where it is not there */
  check(name: string): Promise<void>;
  /** @throws ApiError `model-not-found` (404), `model-unavailable` (503) with the reason */
  load(name: string): Promise<void>;
  /** @throws ApiError `model-not-found` (404) */
  unload(name: string): Promise<void>;
}

export function createModelControl({
  mode,
  store,
  models,
}: {
  mode: ModelControlMode;
  store: ObjectStore;
  models: ServedModels;
}): ModelControl {
  const loaded = new Set<string>();
  const mayServe = (name: string) => mode === "automatic" || loaded.has(name);

  async function requireModel(name: string): Promise<void> {
    if ((await readPointer(store, name)) === undefined) throw modelNotFound(name);
  }

  return {
    mayServe,
    async check(name) {
      if (mayServe(name)) return;
      await requireModel(name);
      throw new ApiError(
        `model ${name} is not loaded: load it with POST /v2/repository/models/${name}/load (models are loaded only explicitly here, SKYLOOM_MODEL_CONTROL)`,
        { status: 503, code: "model-not-loaded", isRetryable: false },
      );
    },
    async load(name) {
      await models.load(name);
      const { failure } = models.current(name);
      if (failure !== undefined) throw failure.error;
      loaded.add(name);
    },
    async unload(name) {
      if (models.current(name).served === undefined) await requireModel(name);
      loaded.delete(name);
      await models.unload(name);
    },
  };
}
