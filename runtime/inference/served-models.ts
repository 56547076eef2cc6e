import { ApiError, notFound } from "../errors.ts";
import {
  asApiError,
  createHeldVersions,
  type HeldVersionsOptions,
  maximumLoadedVersions,
} from "./held-versions.ts";
import { asUnavailable, type LoadedVersion } from "./loaded-version.ts";
import { listVersions, type ModelPointer, modelNotFound, readManifest, readPointer } from "./read-models.ts";

/**
 * A version that did not load is not tried again before this, in milliseconds: when someone orders it to be loaded,
 * when a caller wants it, and if not.
 */
const retryAfter = { ordered: 0, asked: 5000, listed: 5000, unasked: 60_000 } as const;

/** How often a version may be unloaded between its choice and its use; more means that something else is wrong. */
const maximumChoices = 10;

export type ServedModelsOptions = HeldVersionsOptions;

/** A version's number or one of the model's aliases. */
export type VersionName = number | string;

/** Which version of each model serves. */
export interface ServedModels {
  /** Runs `use` with the version held in memory; without `version` with the current one. */
  use<Result>(
    name: string,
    version: VersionName | undefined,
    use: (version: LoadedVersion) => Promise<Result>,
  ): Promise<Result>;
  /**
   * Looks at the pointer now and waits until its version serves, or has failed to load. Where it is only `listed`, no
   * other version is unloaded to make room.
   */
  refresh(name: string, occasion?: "asked" | "listed"): Promise<void>;
  /** Looks at the pointers of all models that are served. Never rejects. */
  refreshAll(): Promise<void>;
  /** As `refresh`, but tries a version again that has failed just now. */
  load(name: string): Promise<void>;
  /** Lets go of all versions of a model; those in use stay until they are not. The next use loads it again. */
  unload(name: string): Promise<void>;
  /** What serves as the current version, and what should but does not load. */
  current(name: string): { served: LoadedVersion | undefined; failure: LoadFailure | undefined };
  /** A version's number, where it is asked for by alias. @throws ApiError `model-version-not-found` (404) */
  resolve(name: string, version: VersionName): Promise<number>;
  /** All versions in memory. */
  loaded(): LoadedVersion[];
  /** One of them; undefined where it is not in memory. */
  loadedVersion(name: string, version: number): LoadedVersion | undefined;
}

export interface LoadFailure {
  version: number;
  error: ApiError;
  at: number;
}

type Occasion = keyof typeof retryAfter;

interface CurrentModel {
  /** The one that was last acted upon. */
  pointer: ModelPointer | undefined;
  /** Versions that may be asked for besides the current and those with an alias. Default: all. */
  allowed: Set<number> | undefined;
  served: LoadedVersion | undefined;
  failure: LoadFailure | undefined;
  refreshing: Promise<void> | undefined;
}

interface RequestedVersion {
  loading: Promise<LoadedVersion>;
  loaded?: LoadedVersion;
  failedAt?: number;
}

export function createServedModels(options: ServedModelsOptions): ServedModels {
  const { store, now } = options;
  const models = new Map<string, CurrentModel>();
  /** Versions asked for by number or alias, by `name/version`. */
  const requested = new Map<string, RequestedVersion>();
  const held = createHeldVersions(options, {
    isCurrent: (version) => models.get(version.manifest.name)?.served === version,
    forget(version) {
      for (const [name, model] of models) if (model.served === version) models.delete(name);
      for (const [key, entry] of requested) if (entry.loaded === version) requested.delete(key);
    },
    async loadPart({ model, version, alias }, mayEvict) {
      await options.checkPart?.(model);
      await chosenOf(model, version ?? alias, mayEvict ? "asked" : "listed");
    },
  });

  async function refreshNow(name: string, model: CurrentModel, occasion: Occasion): Promise<void> {
    const pointer = await readPointer(store, name);
    if (pointer === undefined) {
      forget(name);
      throw modelNotFound(name);
    }
    const isUnchanged = pointer.etag === model.pointer?.etag;
    const mayRetry = model.failure !== undefined && now() - model.failure.at >= retryAfter[occasion];
    if (isUnchanged && !mayRetry && (model.served !== undefined || model.failure !== undefined)) return;
    if (!isUnchanged) {
      model.allowed = await allowedVersions(name, pointer);
      model.pointer = pointer;
      await forgetReplaced(name, model);
    }
    try {
      serve(
        name,
        model,
        takeRequested(name, pointer.version) ?? (await load(name, pointer.version, occasion)),
      );
    } catch (error) {
      const failure = asApiError(error);
      if (isPassing(failure) && model.served === undefined) throw failure;
      model.failure = { version: pointer.version, error: failure, at: now() };
    }
    if (!isUnchanged) loadAhead(name, model);
  }

  function load(name: string, version: number, occasion: Occasion): Promise<LoadedVersion> {
    return held.load(name, version, occasion !== "listed");
  }

  function serve(name: string, model: CurrentModel, loaded: LoadedVersion): void {
    // Unloaded meanwhile.
    if (models.get(name) !== model) {
      held.retire(loaded);
      return;
    }
    const before = model.served;
    model.served = loaded;
    model.failure = undefined;
    loaded.lastUsed = now();
    if (before === undefined) return;
    const { version } = before.manifest;
    if (isNamed(model, version)) keepRequested(before);
    else held.retire(before);
  }

  /** By an alias or by the policy: it is wanted at any time, e.g. for a rollback. */
  function isNamed(
    { pointer, allowed }: Pick<CurrentModel, "pointer" | "allowed">,
    version: number,
  ): boolean {
    return allowed?.has(version) === true || Object.values(pointer?.aliases ?? {}).includes(version);
  }

  function keepRequested(version: LoadedVersion): void {
    const key = `${version.manifest.name}/${version.manifest.version}`;
    const known = requested.get(key)?.loaded;
    if (known !== undefined && known !== version) held.retire(known);
    requested.set(key, { loading: Promise.resolve(version), loaded: version });
  }

  function takeRequested(name: string, version: number): LoadedVersion | undefined {
    const key = `${name}/${version}`;
    const loaded = requested.get(key)?.loaded;
    if (loaded !== undefined) requested.delete(key);
    return loaded;
  }

  async function allowedVersions(
    name: string,
    { versionPolicy }: ModelPointer,
  ): Promise<Set<number> | undefined> {
    if (versionPolicy === undefined || versionPolicy === "all") return undefined;
    if ("specific" in versionPolicy) return new Set(versionPolicy.specific);
    return new Set((await listVersions(store, name)).slice(-versionPolicy.latest));
  }

  /** So that the first request for a version that is named need not wait for it. */
  function loadAhead(name: string, model: CurrentModel): void {
    const named = [...Object.values(model.pointer?.aliases ?? {}), ...(model.allowed ?? [])];
    // Told by its own requests.
    for (const version of new Set(named)) requestedOf(name, version, "listed").catch(() => undefined);
  }

  /** Joins the one that is under way. */
  function refresh(name: string, occasion: Occasion = "asked"): Promise<void> {
    const known = models.get(name);
    if (known?.refreshing !== undefined) return known.refreshing;
    const model: CurrentModel = known ?? {
      pointer: undefined,
      allowed: undefined,
      served: undefined,
      failure: undefined,
      refreshing: undefined,
    };
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
    const served = models.get(name)?.served;
    if (served !== undefined) held.retire(served);
    models.delete(name);
    for (const [key, { loaded }] of requested) {
      if (modelOf(key) !== name) continue;
      requested.delete(key);
      if (loaded !== undefined) held.retire(loaded);
    }
  }

  /** Versions that the policy leaves out now, or whose number means something else: the repository was filled anew. */
  async function forgetReplaced(name: string, model: CurrentModel): Promise<void> {
    for (const [key, entry] of requested) {
      if (modelOf(key) !== name) continue;
      const { loaded } = entry;
      const known = loaded?.manifest;
      const stored = known && (await readManifest(store, name, known.version).catch(() => undefined));
      const isAllowed =
        known !== undefined &&
        (model.allowed === undefined ||
          model.pointer?.version === known.version ||
          isNamed(model, known.version));
      if (isAllowed && stored?.createdAt === known.createdAt) continue;
      if (requested.get(key) === entry) requested.delete(key);
      if (loaded !== undefined && !loaded.isRetired) held.retire(loaded);
    }
  }

  async function currentOf(name: string, occasion: Occasion): Promise<LoadedVersion> {
    const model = models.get(name);
    if (model?.served !== undefined) return model.served;
    await refresh(name, occasion).catch((error) => {
      throw asUnavailable(`model ${name}`, error);
    });
    const { served, failure } = models.get(name) ?? {};
    if (served !== undefined) return served;
    // Unloaded again already.
    throw failure?.error ?? notLoaded(name);
  }

  async function loadAllowed(name: string, version: number, occasion: Occasion): Promise<LoadedVersion> {
    const known = models.get(name);
    const pointer = known?.pointer ?? (await readPointer(store, name));
    if (pointer !== undefined) {
      const allowed = known === undefined ? await allowedVersions(name, pointer) : known.allowed;
      const isCurrent = pointer.version === version;
      if (allowed !== undefined && !isCurrent && !isNamed({ pointer, allowed }, version))
        throw notAllowed(name, version);
    }
    return load(name, version, occasion);
  }

  async function requestedOf(name: string, version: number, occasion: Occasion): Promise<LoadedVersion> {
    const model = models.get(name);
    if (model?.served?.manifest.version === version) return model.served;
    const key = `${name}/${version}`;
    const known = requested.get(key);
    if (known !== undefined && (known.failedAt === undefined || now() - known.failedAt < retryAfter.asked))
      return known.loading;
    const entry: RequestedVersion = { loading: loadAllowed(name, version, occasion) };
    requested.set(key, entry);
    try {
      entry.loaded = await entry.loading;
      // The pointer moved meanwhile: another request reads it anew.
      if (requested.get(key) !== entry) held.retire(entry.loaded);
      return entry.loaded;
    } catch (error) {
      entry.failedAt = now();
      const failure = asApiError(error);
      if (failure.status === 404 || isPassing(failure)) requested.delete(key);
      throw error;
    }
  }

  async function resolve(name: string, version: VersionName): Promise<number> {
    if (typeof version === "number") return version;
    const pointer = models.get(name)?.pointer ?? (await readPointer(store, name));
    if (pointer === undefined) throw modelNotFound(name);
    if (Object.hasOwn(pointer.aliases, version)) return pointer.aliases[version] as number;
    throw unknownVersion(name, version, Object.keys(pointer.aliases));
  }

  async function chosenOf(
    name: string,
    version: VersionName | undefined,
    occasion: Occasion,
  ): Promise<LoadedVersion> {
    if (version === undefined) return currentOf(name, occasion);
    return requestedOf(name, await resolve(name, version), occasion);
  }

  function use<Result>(
    name: string,
    version: VersionName | undefined,
    use: (version: LoadedVersion) => Promise<Result>,
  ): Promise<Result> {
    const current = version === undefined ? models.get(name)?.served : undefined;
    return current === undefined || current.isRetired
      ? useChosen(name, version, use)
      : held.using(current, use);
  }

  async function useChosen<Result>(
    name: string,
    version: VersionName | undefined,
    use: (version: LoadedVersion) => Promise<Result>,
  ): Promise<Result> {
    for (let count = 1; count <= maximumChoices; count += 1) {
      const chosen = await chosenOf(name, version, "asked");
      if (!chosen.isRetired) return held.using(chosen, use);
    }
    throw notLoaded(name);
  }

  return {
    use,
    refresh: (name, occasion = "asked") => refreshAnew(name, occasion),
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
    resolve,
    loaded: held.all,
    loadedVersion: (name, version) =>
      held.all().find(({ manifest }) => manifest.name === name && manifest.version === version),
  };
}

export { maximumLoadedVersions };

/** The next one who asks may find room, or an ensemble's model loaded again. */
function isPassing({ code }: ApiError): boolean {
  return code === "model-memory-exceeded" || code === "model-not-loaded";
}

function modelOf(key: string): string {
  return key.slice(0, key.lastIndexOf("/"));
}

function notLoaded(name: string): ApiError {
  return new ApiError(`model ${name} was unloaded at this moment; try again`, {
    status: 503,
    code: "model-not-loaded",
  });
}

function notAllowed(name: string, version: number): ApiError {
  return notFound(
    "model-version-not-found",
    `version ${version} of model ${name} is not served: its version policy leaves it out`,
  );
}

function unknownVersion(name: string, version: string, aliases: string[]): ApiError {
  const named = aliases.length === 0 ? "it has no aliases" : `its aliases are ${aliases.sort().join(", ")}`;
  return notFound(
    "model-version-not-found",
    `model ${name.slice(0, 128)} has no version ${JSON.stringify(version.slice(0, 20))}: versions are whole numbers from 1, ${named}`,
  );
}
