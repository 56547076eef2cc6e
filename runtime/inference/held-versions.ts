import { ApiError, errorMessage } from "../errors.ts";
import type { ObjectStore } from "../object-store/object-store.ts";
import type { EnsembleStep } from "./ensembles/steps.ts";
import { type LoadedVersion, type LoadOptions, loadVersion } from "./loaded-version.ts";
import type { ModelManifest } from "./manifest.ts";
import { estimateMemory } from "./version-memory.ts";
import type { WorkerPool } from "./workers/worker-pool.ts";

/** Versions held at the same time, current and asked for; the one not used for longest goes first. */
export const maximumLoadedVersions = 32;

export interface HeldVersionsOptions {
  store: ObjectStore;
  pool: WorkerPool;
  /** Worker threads of a version whose manifest does not say. Default 1. */
  workers?: number | undefined;
  /** For all versions, as they are estimated. Default: no limit. */
  memoryBytes?: number | undefined;
  /** Milliseconds; only differences count. */
  now: () => number;
  onLoaded: (version: LoadedVersion) => void;
  onLoadFailed: (name: string, version: number, error: ApiError) => void;
  onUnloaded?: ((version: LoadedVersion) => void) | undefined;
  /** Whether requests may use the model of an ensemble's step. Default: any. */
  checkPart?: ((name: string) => Promise<void>) | undefined;
  modelKeys?: LoadOptions["modelKeys"];
  onExecuted?: LoadOptions["onExecuted"];
  onBatchingRefused?: LoadOptions["onBatchingRefused"];
}

/** The versions in memory, within its bounds. */
export interface HeldVersions {
  /**
   * @param mayEvict whether others that nobody uses now may go to make room
   * @throws ApiError, also `model-memory-exceeded` (503)
   */
  load(name: string, version: number, mayEvict: boolean): Promise<LoadedVersion>;
  /** Unloads it as soon as nobody uses it. */
  retire(version: LoadedVersion): void;
  /** Runs `use` while the version is held. */
  using<Result>(version: LoadedVersion, use: (version: LoadedVersion) => Promise<Result>): Promise<Result>;
  /** Those that were not retired. */
  all(): LoadedVersion[];
}

/** What whoever chooses among the versions knows of them. */
export interface VersionChoice {
  /** Whether it serves as its model's current version. */
  isCurrent(version: LoadedVersion): boolean;
  /** It has to make room, and is retired after this. */
  forget(version: LoadedVersion): void;
  /** Waits until the model of an ensemble's step serves; `mayEvict` as in `load`. */
  loadPart(step: EnsembleStep, mayEvict: boolean): Promise<unknown>;
}

export function createHeldVersions(
  options: HeldVersionsOptions,
  { isCurrent, forget, loadPart }: VersionChoice,
): HeldVersions {
  const { pool, now, workers = 1, memoryBytes: budget = Number.POSITIVE_INFINITY } = options;
  const held = new Set<LoadedVersion>();
  /** Bytes of versions that are being loaded. */
  let reservedBytes = 0;

  function retire(version: LoadedVersion): void {
    held.delete(version);
    version.isRetired = true;
    if (version.users > 0) return;
    options.onUnloaded?.(version);
    // Fails only while everything is being closed.
    pool.unload(version.poolModel.key).catch(() => undefined);
  }

  /** @param loading not its current version: that one stays where the new one does not load */
  function evictable(loading?: string): LoadedVersion[] {
    return [...held]
      .filter(({ users, manifest }) => users === 0 && manifest.pinned !== true)
      .filter((version) => version.manifest.name !== loading || !isCurrent(version))
      .sort((a, b) => a.lastUsed - b.lastUsed);
  }

  function evict(versions: LoadedVersion[]): void {
    for (const version of versions) {
      forget(version);
      retire(version);
    }
  }

  function usedBytes(): number {
    return [...held].reduce((sum, version) => sum + version.memoryBytes, reservedBytes);
  }

  function reserveMemory(manifest: ModelManifest, mayEvict: boolean): number {
    const bytes = estimateMemory(manifest, workers);
    const excess = usedBytes() + bytes - budget;
    const candidates = excess > 0 && mayEvict ? evictable(manifest.name) : [];
    const count = countReaching(
      candidates.map(({ memoryBytes }) => memoryBytes),
      excess,
    );
    if (count === undefined) throw memoryExceeded(manifest, { bytes, used: usedBytes(), budget });
    evict(candidates.slice(0, count));
    reservedBytes += bytes;
    return bytes;
  }

  return {
    async load(name, version, mayEvict) {
      let bytes = 0;
      const reserve = (manifest: ModelManifest) => {
        bytes = reserveMemory(manifest, mayEvict);
        return bytes;
      };
      try {
        const loaded = await loadVersion(
          { ...options, loadPart: (step) => loadPart(step, mayEvict), reserveMemory: reserve },
          name,
          version,
        );
        loaded.lastUsed = now();
        held.add(loaded);
        options.onLoaded(loaded);
        evict(evictable().slice(0, Math.max(0, held.size - maximumLoadedVersions)));
        return loaded;
      } catch (error) {
        const failure = asApiError(error);
        options.onLoadFailed(name, version, failure);
        throw failure;
      } finally {
        reservedBytes -= bytes;
      }
    },
    retire,
    async using(version, use) {
      version.users += 1;
      version.lastUsed = now();
      try {
        return await use(version);
      } finally {
        version.users -= 1;
        if (version.isRetired) retire(version);
      }
    },
    all: () => [...held],
  };
}

/** How many of the first sizes sum up to at least `needed`; undefined where all together do not. */
function countReaching(sizes: number[], needed: number): number | undefined {
  let sum = 0;
  let count = 0;
  for (const size of sizes) {
    if (sum >= needed) break;
    sum += size;
    count += 1;
  }
  return sum >= needed || needed <= 0 ? count : undefined;
}

function memoryExceeded(
  { name, version }: ModelManifest,
  { bytes, used, budget }: { bytes: number; used: number; budget: number },
): ApiError {
  return new ApiError(
    `model ${name} version ${version} needs about ${bytes} bytes of memory, and ${used} of ${budget} are taken by models that are pinned, in use or the model's current version; unload one of them or raise SKYLOOM_MODEL_MEMORY_BYTES`,
    { status: 503, code: "model-memory-exceeded" },
  );
}

export function asApiError(error: unknown): ApiError {
  if (error instanceof ApiError) return error;
  return new ApiError(errorMessage(error), { status: 503, code: "model-unavailable", cause: error });
}
