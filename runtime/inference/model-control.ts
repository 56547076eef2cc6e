import { ApiError } from "../errors.ts";
import type { ObjectStore } from "../object-store/object-store.ts";
import { modelNotFound, readPointer } from "./read-models.ts";
import type { ServedModels } from "./served-models.ts";

/** `automatic`: a model serves, loaded when it is first wanted, unless it was unloaded; `explicit`: only once loaded. */
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
  /** What the last call for each model ordered. */
  const orders = new Map<string, "load" | "unload">();
  const mayServe = (name: string) =>
    (orders.get(name) ?? (mode === "automatic" ? "load" : "unload")) === "load";

  async function requireModel(name: string): Promise<void> {
    if ((await readPointer(store, name)) === undefined) throw modelNotFound(name);
  }

  return {
    mayServe,
    async check(name) {
      if (mayServe(name)) return;
      await requireModel(name);
      throw new ApiError(
        `model ${name} is not loaded: POST /v2/repository/models/${encodeURIComponent(name)}/load loads it`,
        { status: 503, code: "model-not-loaded", isRetryable: false },
      );
    },
    async load(name) {
      orders.set(name, "load");
      await models.load(name).catch((error) => {
        if (error instanceof ApiError && error.status === 404) orders.delete(name);
        throw error;
      });
      const { failure } = models.current(name);
      if (failure !== undefined) throw failure.error;
    },
    async unload(name) {
      if (models.current(name).served === undefined) await requireModel(name);
      orders.set(name, "unload");
      await models.unload(name);
    },
  };
}
