import { ApiError, errorMessage } from "../errors.ts";
import type { ObjectStore } from "../object-store/object-store.ts";
import { asUnavailable, type LoadedVersion, loadVersion } from "./loaded-version.ts";
import { modelNotFound, readPointer } from "./read-models.ts";
import type { WorkerPool } from "./workers/worker-pool.ts";

/** Versions held at the same time, current and asked for; the one not used for longest goes first. */
export const maximumLoadedVersions = 32;

/**
 * A version that did not load is not tried again before this, in milliseconds: when someone orders it to be loaded,
 * when a caller wants it, and if not.
 */
const retryAfter = { ordered: 0, asked: 5000, unasked: 60_000 } as const;

export interface ServedModelsOptions {
  store: ObjectStore;
  pool: WorkerPool;
  /** Milliseconds; only differences count. */
  now: () => number;
  onLoaded: (version: LoadedVersion) => void;
  onLoadFailed: (name: string, version: number, error: ApiError) => void;
}

/** Which version of each model serves. */
export interface ServedModels {
  /** Runs `use` with the version held in memory; without `version` with the current one. */
  use<Result>(
    name: string,
    version: number | undefined,
    use: (version: LoadedVersion) => Promise<Result>,
  ): Promise<Result>;
  /** Looks at the pointer now and waits until its version serves, or has failed to load. */
  refresh(name: string): Promise<void>;
  /** As `refresh`, but tries a version again that has failed just now. */
  load(name: string): Promise<void>;
  /** Lets go of all versions of a model; those in use stay until they are not. The next use loads it again. */
  unload(name: string): Promise<void>;
  /** Looks at the pointers of all models that are served. Never rejects. */
  refreshAll(): Promise<void>;
  /** What serves as the current version, and what should but does not load. */
  current(name: string): { served: LoadedVersion | undefined; failure: LoadFailure | undefined };
  loadedCount(): number;
}

export interface LoadFailure {
  version: number;
  error: ApiError;
  at: number;
}

type Occasion = keyof typeof retryAfter;

interface CurrentModel {
  /** Of the pointer that was last acted upon. */
  etag: string | undefined;
  served: LoadedVersion | undefined;
  failure: LoadFailure | undefined;
  refreshing: Promise<void> | undefined;
}

export function createServedModels(options: ServedModelsOptions): ServedModels {
  const { store, pool, now } = options;
  const models = new Map<string, CurrentModel>();
  /** Versions asked for by number, by `name/version`. */
  const requested = new Map<
    string,
    { loading: Promise<LoadedVersion>; loaded?: LoadedVersion; failedAt?: number }
  >();

  async function load(name: string, version: number): Promise<LoadedVersion> {
    try {
      const loaded = await loadVersion(store, pool, name, version);
      options.onLoaded(loaded);
      return loaded;
    } catch (error) {
      const failure = asApiError(error);
      options.onLoadFailed(name, version, failure);
      throw failure;
    }
  }

  function retire(version: LoadedVersion | undefined): void {
    if (version === undefined) return;
    version.isRetired = true;
    // Fails only while everything is being closed.
    if (version.users === 0) pool.unload(version.poolModel.key).catch(() => undefined);
  }

  async function refreshNow(name: string, model: CurrentModel, occasion: Occasion): Promise<void> {
    const pointer = await readPointer(store, name);
    if (pointer === undefined) {
      forget(name);
      throw modelNotFound(name);
    }
    const isUnchanged = pointer.etag === model.etag;
    const mayRetry = model.failure !== undefined && now() - model.failure.at >= retryAfter[occasion];
    if (isUnchanged && !mayRetry && (model.served !== undefined || model.failure !== undefined)) return;
    if (!isUnchanged) forgetRequested(name);
    model.etag = pointer.etag;
    try {
      const loaded = await load(name, pointer.version);
      const before = model.served;
      model.served = loaded;
      model.failure = undefined;
      loaded.lastUsed = now();
      retire(before);
      evict();
    } catch (error) {
      model.failure = { version: pointer.version, error: asApiError(error), at: now() };
    }
  }

  /** Joins the one that is under way. */
  function refresh(name: string, occasion: Occasion = "asked"): Promise<void> {
    const known = models.get(name);
    if (known?.refreshing !== undefined) return known.refreshing;
    const model = known ?? { etag: undefined, served: undefined, failure: undefined, refreshing: undefined };
    models.set(name, model);
    model.refreshing = refreshNow(name, model, occasion).finally(() => {
      model.refreshing = undefined;
      if (model.served === undefined && model.failure === undefined && models.get(name) === model)
        models.delete(name);
    });
    return model.refreshing;
  }

  /** One under way may have read the pointer before the caller's own change. */
  async function refreshAnew(name: string, occasion: Occasion): Promise<void> {
    await models.get(name)?.refreshing?.catch(() => undefined);
    await refresh(name, occasion);
  }

  function forget(name: string): void {
    retire(models.get(name)?.served);
    models.delete(name);
    forgetRequested(name);
  }

  function forgetRequested(name: string): void {
    for (const [key, { loaded }] of requested) {
      if (key.slice(0, key.lastIndexOf("/")) !== name) continue;
      requested.delete(key);
      retire(loaded);
    }
  }

  async function currentOf(name: string): Promise<LoadedVersion> {
    const model = models.get(name);
    if (model?.served !== undefined) return model.served;
    await refresh(name).catch((error) => {
      throw asUnavailable(`model ${name}`, error);
    });
    const { served, failure } = models.get(name) ?? {};
    if (served !== undefined) return served;
    throw failure?.error ?? modelNotFound(name);
  }

  async function requestedOf(name: string, version: number): Promise<LoadedVersion> {
    const served = models.get(name)?.served;
    if (served?.manifest.version === version) return served;
    const key = `${name}/${version}`;
    const known = requested.get(key);
    if (known !== undefined && (known.failedAt === undefined || now() - known.failedAt < retryAfter.asked))
      return known.loading;
    const entry: typeof known = { loading: load(name, version) };
    requested.set(key, entry);
    try {
      entry.loaded = await entry.loading;
      entry.loaded.lastUsed = now();
      // The pointer moved meanwhile: another request reads it anew.
      if (requested.get(key) !== entry) retire(entry.loaded);
      evict();
      return entry.loaded;
    } catch (error) {
      entry.failedAt = now();
      if (asApiError(error).status === 404) requested.delete(key);
      throw error;
    }
  }

  function loadedVersions(): LoadedVersion[] {
    const current = [...models.values()].map((model) => model.served);
    const asked = [...requested.values()].map((entry) => entry.loaded);
    return [...current, ...asked].filter((version) => version !== undefined);
  }

  function evict(): void {
    const idle = loadedVersions()
      .filter((version) => version.users === 0)
      .sort((a, b) => a.lastUsed - b.lastUsed);
    const excess = Math.max(0, loadedVersions().length - maximumLoadedVersions);
    for (const version of idle.slice(0, excess)) {
      for (const [name, model] of models) if (model.served === version) models.delete(name);
      for (const [key, entry] of requested) if (entry.loaded === version) requested.delete(key);
      retire(version);
    }
  }

  return {
    async use(name, version, use) {
      const chosen = await (version === undefined ? currentOf(name) : requestedOf(name, version));
      chosen.users += 1;
      chosen.lastUsed = now();
      try {
        return await use(chosen);
      } finally {
        chosen.users -= 1;
        if (chosen.isRetired) retire(chosen);
      }
    },
    refresh: (name) => refreshAnew(name, "asked"),
    load: (name) => refreshAnew(name, "ordered"),
    async unload(name) {
      // What is being loaded would stay in the workers, known to nobody.
      await models.get(name)?.refreshing?.catch(() => undefined);
      forget(name);
    },
    async refreshAll() {
      // A bucket that cannot be read now must not take away what serves.
      await Promise.all([...models.keys()].map((name) => refresh(name, "unasked").catch(() => undefined)));
    },
    current: (name) => ({ served: models.get(name)?.served, failure: models.get(name)?.failure }),
    loadedCount: () => loadedVersions().length,
  };
}

function asApiError(error: unknown): ApiError {
  if (error instanceof ApiError) return error;
  return new ApiError(errorMessage(error), { status: 503, code: "model-unavailable", cause: error });
}
