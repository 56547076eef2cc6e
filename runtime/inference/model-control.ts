import { ApiError } from "../errors.ts";
import type { ObjectStore } from "../object-store/object-store.ts";
import { partNames } from "./ensembles/check-parts.ts";
import { modelNotFound, readManifest, readPointer } from "./read-models.ts";
import type { ServedModels } from "./served-models.ts";

/** `automatic`: a model serves, loaded when it is first wanted, unless it was unloaded; `explicit`: only once loaded. */
export type ModelControlMode = "automatic" | "explicit";

export interface ModelControl {
  /** Whether requests may use the model. */
  mayServe(name: string): boolean;
  /** @throws ApiError `model-not-loaded` (503) where it may not be used, `model-not-found` (404) where it is not there */
  check(name: string): Promise<void>;
  /**
   * Of an ensemble its models as well.
   * @throws ApiError `model-not-found` (404), `model-unavailable` (503) with the reason
   */
  load(name: string): Promise<void>;
  /**
   * @param options `unloadDependents`: of an ensemble its models as well, but for those that were loaded by a call of
   *   their own or that another loaded ensemble uses. Default false.
   * @throws ApiError `model-not-found` (404)
   */
  unload(name: string, options?: { unloadDependents?: boolean }): Promise<void>;
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
  /** What the last call for each model ordered; `along`: a call for an ensemble that uses it. */
  const orders = new Map<string, "load" | "along" | "unload">();
  const mayServe = (name: string) =>
    (orders.get(name) ?? (mode === "automatic" ? "load" : "unload")) !== "unload";

  async function requireModel(name: string): Promise<void> {
    if ((await readPointer(store, name)) === undefined) throw modelNotFound(name);
  }

  /** Of the current version; none where its manifest cannot be read, which a load tells. */
  async function partsOf(name: string): Promise<Set<string>> {
    const version = (await readPointer(store, name))?.version;
    const manifest =
      version === undefined ? undefined : await readManifest(store, name, version).catch(() => undefined);
    return manifest === undefined ? new Set() : partNames(store, manifest);
  }

  /** Models of the ensembles in memory. */
  async function neededParts(): Promise<Set<string>> {
    const ensembles = models.loaded().filter(({ manifest }) => manifest.steps !== undefined);
    const names = await Promise.all(ensembles.map(({ manifest }) => partNames(store, manifest)));
    return new Set(names.flatMap((some) => [...some]));
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
      for (const part of await partsOf(name)) if (orders.get(part) !== "load") orders.set(part, "along");
      await models.load(name).catch((error) => {
        if (error instanceof ApiError && error.status === 404) orders.delete(name);
        throw error;
      });
      const { failure } = models.current(name);
      if (failure !== undefined) throw failure.error;
    },
    async unload(name, { unloadDependents = false } = {}) {
      if (models.current(name).served === undefined) await requireModel(name);
      const parts = unloadDependents ? await partsOf(name) : [];
      orders.set(name, "unload");
      await models.unload(name);
      const needed = await neededParts();
      for (const part of parts) {
        if (orders.get(part) === "load" || needed.has(part)) continue;
        orders.set(part, "unload");
        await models.unload(part);
      }
    },
  };
}
