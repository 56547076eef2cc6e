import type { Registry } from "prom-client";
import { ApiError, notFound } from "../errors.ts";
import type { ObjectStore } from "../object-store/object-store.ts";
import type { ConfiguredProvider } from "./execution-providers.ts";
import type { Inference, ModelMetadata, ModelStatus } from "./inference.ts";
import { createInferenceMetrics, type ModelLabels } from "./inference-metrics.ts";
import { asUnavailable, type LoadedVersion } from "./loaded-version.ts";
import { type DecodedRequest, decodeRequest } from "./protocol/decode-request.ts";
import { encodeResponse } from "./protocol/encode-response.ts";
import { listModels, listVersions, modelNotFound, readManifest, readPointer } from "./read-models.ts";
import type { RunRequest, RunResult } from "./scheduling/scheduler.ts";
import { createServedModels, maximumLoadedVersions, type VersionName } from "./served-models.ts";
import { createWorkerPool, type WorkerPoolOptions } from "./workers/worker-pool.ts";

export interface InferenceOptions {
  store: ObjectStore;
  /** Worker threads of each model version whose manifest does not say. */
  workers: number;
  /** A pino logger fits. Default: silent. */
  logger?: {
    info(details: object, message: string): void;
    warn(details: object, message: string): void;
  };
  /** Where the metrics go. Default: nowhere. */
  registry?: Registry;
  /** To be tried in this order; the first that works is taken. Default: the processor. */
  executionProviders?: ConfiguredProvider[] | undefined;
  /** For all versions in memory, as they are estimated. Default: no limit. */
  memoryBytes?: number | undefined;
  /** `explicit`: a model serves only after `load`. Default `automatic`: with its first request. */
  control?: "automatic" | "explicit" | undefined;
  /** How often the bucket is asked for a new current version of each served model, in seconds. Default 1. */
  pointerCheckSeconds?: number;
  /** Milliseconds; only differences count. Default performance.now. */
  now?: () => number;
  /** The workers' entry module. Default workers/worker.ts. */
  workerEntry?: WorkerPoolOptions["entry"];
}

/** Serves the models of a repository from worker threads. Close it, or the process does not end. */
export function createInference(options: InferenceOptions): Inference {
  const { store, logger, now = () => performance.now() } = options;
  const metrics = createInferenceMetrics(options.registry, () =>
    models.loaded().map((loaded) => ({
      ...labelsOf(loaded),
      memoryBytes: loaded.memoryBytes,
      queueLength: pool.queueLength(loaded.poolModel.key),
    })),
  );
  const pool = createWorkerPool({
    workers: options.workers,
    ...(options.executionProviders === undefined ? {} : { executionProviders: options.executionProviders }),
    ...(options.workerEntry === undefined ? {} : { entry: options.workerEntry }),
    onCrash(reason) {
      metrics.workerCrashed();
      logger?.warn({ reason }, "an inference worker died");
    },
  });
  const models = createServedModels({
    store,
    pool,
    now,
    workers: options.workers,
    memoryBytes: options.memoryBytes,
    control: options.control,
    onExecuted: ({ name, version }, rows) =>
      metrics.executed({ model: name, version: String(version) }, rows),
    onLoaded({ manifest: { name, version }, executionProvider, refusals }) {
      metrics.loaded(name, true);
      logger?.info({ model: name, version, executionProvider }, "model loaded");
      if (refusals.length > 0)
        logger?.warn(
          { model: name, version, executionProvider, refusals },
          "execution provider not available",
        );
    },
    onBatchingRefused: ({ name, version }) =>
      logger?.warn(
        { model: name, version },
        "batching is off: the outputs of a batch do not have its rows; take it out of the manifest",
      ),
    onUnloaded: ({ manifest: { name, version } }) => logger?.info({ model: name, version }, "model unloaded"),
    onLoadFailed(model, version, error) {
      if (error.status !== 404) metrics.loaded(model, false);
      if (error.status >= 500) logger?.warn({ err: error, model, version }, "model not loaded");
    },
  });
  const pointerCheck = setInterval(() => models.refreshAll(), (options.pointerCheckSeconds ?? 1) * 1000);
  pointerCheck.unref();
  let closing: Promise<void> | undefined;

  async function compute(loaded: LoadedVersion, request: unknown, signal: AbortSignal | undefined) {
    const { name, version, labels } = loaded.manifest;
    const started = performance.now();
    const decoded: DecodedRequest & Pick<RunRequest, "priority" | "timeoutSeconds"> = decodeRequest(
      request,
      loaded.manifest,
    );
    const parsed = performance.now();
    const result = await resultOf(loaded, { ...decoded, signal });
    const computed = performance.now();
    const response = encodeResponse({
      id: decoded.id,
      model: name,
      version,
      outputs: result.outputs,
      labels,
    });
    metrics.succeeded(labelsOf(loaded), {
      parse: (parsed - started) / 1000,
      queue: result.queueSeconds,
      compute: result.computeSeconds,
      serialise: (performance.now() - computed) / 1000,
    });
    return response;
  }

  async function resultOf(loaded: LoadedVersion, request: RunRequest): Promise<RunResult> {
    const { cache, poolModel } = loaded;
    if (cache === undefined) return pool.run(poolModel, request);
    const key = cache.key(request.inputs, request.outputs);
    const known = cache.get(key);
    metrics.cacheLookedUp(labelsOf(loaded), known !== undefined);
    if (known !== undefined) return { outputs: known, queueSeconds: 0, computeSeconds: 0 };
    const result = await pool.run(poolModel, request);
    cache.set(key, result.outputs);
    return result;
  }

  async function statusOf(name: string): Promise<ModelStatus[]> {
    let error: unknown;
    const isKnown = models.current(name).served !== undefined;
    if (!models.mayServe(name)) error = new Error("unloaded, or not loaded yet, by explicit control");
    else if (isKnown || models.loaded().length < maximumLoadedVersions)
      await models.refresh(name, "listed").catch((thrown) => {
        error = thrown;
      });
    const { served, failure } = models.current(name);
    const statuses: ModelStatus[] = [];
    if (served !== undefined)
      statuses.push({
        name,
        version: String(served.manifest.version),
        state: "READY",
        reason: "",
        problems: [],
      });
    if (failure !== undefined) statuses.push(unavailable(name, String(failure.version), failure.error));
    // Deleted since it was listed.
    if (statuses.length > 0 || (error instanceof ApiError && error.status === 404)) return statuses;
    const reason = error ?? new Error("not loaded now; the first request for it loads it");
    return [unavailable(name, "", reason)];
  }

  async function describe(name: string, asked: VersionName | undefined): Promise<ModelMetadata> {
    const version = asked === undefined ? undefined : await models.resolve(name, asked);
    const current = version ?? models.current(name).served?.manifest.version;
    const shown = current ?? (await readPointer(store, name))?.version;
    if (shown === undefined) throw modelNotFound(name);
    const { platform, inputs, outputs } = await readManifest(store, name, shown);
    const versions = await listVersions(store, name);
    const loaded = models
      .loaded()
      .find(({ manifest }) => manifest.name === name && manifest.version === shown);
    return {
      name,
      versions: versions.map(String),
      platform,
      inputs,
      outputs,
      ...(loaded === undefined ? {} : { executionProvider: loaded.executionProvider }),
    };
  }

  return {
    async models() {
      const statuses: ModelStatus[] = [];
      for (const name of await listModels(store)) statuses.push(...(await statusOf(name)));
      return statuses;
    },
    async metadata(name, version) {
      const number = version === undefined ? undefined : parseVersion(name, version);
      return describe(name, number).catch((error) => {
        throw error?.code === "model-corrupt" ? asUnavailable(`model ${name}`, error) : error;
      });
    },
    async ready(name, version) {
      const number = version === undefined ? undefined : parseVersion(name, version);
      // What serves already is ready, whatever became of a newer version.
      if (number === undefined && models.mayServe(name)) await models.refresh(name).catch(() => undefined);
      await models.use(name, number, async () => undefined);
    },
    async infer(name, version, request, signal) {
      let labels: ModelLabels = { model: "", version: "" };
      try {
        if (closing !== undefined)
          throw new ApiError("the server is stopping", { status: 503, code: "shutting-down" });
        const number = version === undefined ? undefined : parseVersion(name, version);
        return await models.use(name, number, (loaded) => {
          labels = labelsOf(loaded);
          return compute(loaded, request, signal);
        });
      } catch (error) {
        metrics.failed(labels, error instanceof ApiError ? error.code : "internal");
        throw error;
      }
    },
    async load(name, version) {
      await models.load(name, version === undefined ? undefined : parseVersion(name, version));
    },
    async unload(name) {
      await models.unload(name);
    },
    close() {
      clearInterval(pointerCheck);
      closing ??= pool.close();
      return closing;
    },
  };
}

function labelsOf({ manifest }: LoadedVersion): ModelLabels {
  return { model: manifest.name, version: String(manifest.version) };
}

function unavailable(name: string, version: string, error: unknown): ModelStatus {
  const { message, problems = [] } = error as Partial<ApiError>;
  return { name, version, state: "UNAVAILABLE", reason: message ?? String(error), problems };
}

/** The number, or what may be an alias. */
function parseVersion(name: string, version: string): VersionName {
  if (/^[1-9]\d{0,14}$/.test(version)) return Number(version);
  if (/^[A-Za-z][A-Za-z0-9._-]{0,127}$/.test(version)) return version;
  throw notFound(
    "model-version-not-found",
    `model ${name.slice(0, 128)} has no version ${JSON.stringify(version.slice(0, 20))}: versions are whole numbers from 1 or aliases`,
  );
}
