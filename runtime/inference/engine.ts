import type { Registry } from "prom-client";
import { ApiError, notFound } from "../errors.ts";
import type { ObjectStore } from "../object-store/object-store.ts";
import { recordRun } from "../tracing/inference-spans.ts";
import { annotate, isTraced, recordSpan } from "../tracing/spans.ts";
import type { CancelSignal } from "./cancel-signal.ts";
import { createEnsembleParts } from "./ensembles/ensemble-parts.ts";
import { createEnsembleRunner } from "./ensembles/ensemble-runner.ts";
import type { ConfiguredProvider } from "./execution-providers.ts";
import type { Inference, ModelStatus } from "./inference.ts";
import { createInferenceMetrics, type ModelLabels } from "./inference-metrics.ts";
import { asUnavailable, type LoadedVersion, labelsOf } from "./loaded-version.ts";
import { aliasPattern, type ModelManifest } from "./manifest.ts";
import { describeConfiguration } from "./model-configuration.ts";
import { createModelControl, type ModelControlMode } from "./model-control.ts";
import { createModelStatistics, emptyStatistics } from "./model-statistics.ts";
import { createBodyCodec } from "./protocol/body-codec.ts";
import {
  batchSize,
  type DecodedRequest,
  decodeRequest,
  type ModelInterface,
} from "./protocol/decode-request.ts";
import { type ComputedOutputs, encodeResponse } from "./protocol/encode-response.ts";
import { listModels, listVersions, modelNotFound, readManifest, readPointer } from "./read-models.ts";
import { createReportReader } from "./report/read-report.ts";
import type { ResponseCache } from "./response-cache.ts";
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
  /** Public keys, one of which must have signed a version for it to be loaded. Default: none need be signed. */
  modelKeys?: string[] | undefined;
  /** How often the bucket is asked for a new current version of each served model, in seconds. Default 1. */
  pointerCheckSeconds?: number;
  /** Milliseconds; only differences count. Default performance.now. */
  now?: () => number;
  /** `explicit`: a model serves only after `load`. Default `automatic`: with its first request. */
  control?: ModelControlMode;
  /** The workers' entry module. Default workers/worker.ts. */
  workerEntry?: WorkerPoolOptions["entry"];
  /** The entry module of the thread for large JSON. Default protocol/codec-thread.ts. */
  codecEntry?: URL;
}

/** How a request becomes tensors, and its outputs an answer. */
interface Codec<Answer> {
  decode(model: ModelInterface): DecodedRequest | Promise<DecodedRequest>;
  encode(computed: ComputedOutputs): Answer | Promise<Answer>;
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
  const statistics = createModelStatistics();
  const bodies = createBodyCodec(options.codecEntry === undefined ? {} : { entry: options.codecEntry });
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
    modelKeys: options.modelKeys,
    checkPart: (name) => control.check(name),
    onExecuted(loaded, { rows, computeSeconds }) {
      metrics.executed(labelsOf(loaded), rows);
      statistics.executed(labelsOf(loaded), rows, { compute: computeSeconds });
    },
    onBatchingRefused: ({ manifest: { name, version } }) =>
      logger?.warn(
        { model: name, version },
        "batching is off: the outputs of a batch do not have its rows; take it out of the manifest",
      ),
    onLoaded(loaded) {
      const { executionProvider, refusals } = loaded;
      const { name, version } = loaded.manifest;
      statistics.loaded(labelsOf(loaded));
      metrics.loaded(name, true);
      logger?.info({ model: name, version, executionProvider }, "model loaded");
      if (refusals.length > 0)
        logger?.warn(
          { model: name, version, executionProvider, refusals },
          "execution provider not available",
        );
    },
    onUnloaded: ({ manifest: { name, version } }) => logger?.info({ model: name, version }, "model unloaded"),
    onLoadFailed(model, version, error) {
      if (error.status !== 404) metrics.loaded(model, false);
      if (error.status >= 500) logger?.warn({ err: error, model, version }, "model not loaded");
    },
  });
  const control = createModelControl({ mode: options.control ?? "automatic", store, models });
  const parts = createEnsembleParts({ models, control });
  const runSteps = createEnsembleRunner({ parts, run: resultOf, metrics, statistics });
  const report = createReportReader({
    store,
    models,
    metrics,
    statistics,
    queueLength: pool.queueLength,
    batchSizes: pool.batchSizes,
    workers: options.workers,
  });
  const pointerCheck = setInterval(() => models.refreshAll(), (options.pointerCheckSeconds ?? 1) * 1000);
  pointerCheck.unref();
  let closing: Promise<void> | undefined;

  async function compute<Answer>(
    loaded: LoadedVersion,
    { decode, encode }: Codec<Answer>,
    signal: CancelSignal | undefined,
  ): Promise<Answer> {
    const { name, version, labels, outputs: metadata } = loaded.manifest;
    const started = performance.now();
    // To await what is there already would take a turn of each small request.
    const decoding = decode(loaded.manifest);
    const decoded = decoding instanceof Promise ? await decoding : decoding;
    const { id, inputs, outputs, forms, priority, timeoutSeconds } = decoded;
    const rows = batchSize(inputs, loaded.manifest);
    const parsed = performance.now();
    const result = await resultOf(loaded, { inputs, outputs, priority, timeoutSeconds, signal });
    const computed = performance.now();
    const encoding = encode({
      id,
      model: name,
      version,
      outputs: result.outputs,
      forms,
      metadata,
      labels,
    });
    const answer = encoding instanceof Promise ? await encoding : encoding;
    const seconds = {
      parse: (parsed - started) / 1000,
      queue: result.queueSeconds,
      compute: result.computeSeconds,
      serialise: (performance.now() - computed) / 1000,
    };
    metrics.succeeded(labelsOf(loaded), seconds, (performance.now() - started) / 1000);
    if (isTraced()) {
      recordSpan("parse", [started, parsed]);
      recordSpan("serialise", [computed, performance.now()]);
      const isCached = result.isCached === true;
      annotate({
        "skyloom.model": name,
        "skyloom.model.version": String(version),
        "skyloom.cached": isCached,
      });
    }
    if (result.isCached) statistics.cacheHit(labelsOf(loaded), seconds.parse + seconds.serialise);
    else statistics.succeeded(labelsOf(loaded), rows, seconds);
    return answer;
  }

  function resultOf(loaded: LoadedVersion, request: RunRequest): Promise<RunResult & { isCached?: boolean }> {
    const { cache, manifest } = loaded;
    if (manifest.steps !== undefined) return runSteps(manifest, manifest.steps, request);
    return cache === undefined ? runOf(loaded, request) : lookUp(cache, loaded, request);
  }

  async function lookUp(
    cache: ResponseCache,
    loaded: LoadedVersion,
    request: RunRequest,
  ): Promise<RunResult & { isCached?: boolean }> {
    const started = performance.now();
    const key = cache.key(request.inputs, request.outputs);
    const known = cache.get(key);
    const lookedUp = performance.now();
    metrics.cacheLookedUp(labelsOf(loaded), known !== undefined);
    if (known !== undefined) return { outputs: known, queueSeconds: 0, computeSeconds: 0, isCached: true };
    const result = await runOf(loaded, request);
    const computed = performance.now();
    cache.set(key, result.outputs);
    const seconds = (lookedUp - started + performance.now() - computed) / 1000;
    statistics.cacheMissed(labelsOf(loaded), seconds);
    return result;
  }

  function runOf(loaded: LoadedVersion, request: RunRequest): Promise<RunResult> {
    const running = pool.run(loaded.poolModel, request);
    if (!isTraced()) return running;
    return running.then((result) => {
      recordRun(labelsOf(loaded), result);
      return result;
    });
  }

  async function answer<Answer>(
    name: string,
    version: string | undefined,
    codec: Codec<Answer>,
    signal: CancelSignal | undefined,
  ): Promise<Answer> {
    const started = performance.now();
    let labels: ModelLabels = { model: "", version: "" };
    try {
      if (closing !== undefined)
        throw new ApiError("the server is stopping", { status: 503, code: "shutting-down" });
      const number = version === undefined ? undefined : parseVersion(name, version);
      if (!control.mayServe(name)) await control.check(name);
      return await models.use(name, number, (loaded) => {
        labels = labelsOf(loaded);
        return compute(loaded, codec, signal);
      });
    } catch (error) {
      metrics.failed(labels, error instanceof ApiError ? error.code : "internal");
      statistics.failed(labels, (performance.now() - started) / 1000);
      throw error;
    }
  }

  async function statusOf(name: string, load: boolean): Promise<ModelStatus[]> {
    if (!control.mayServe(name))
      return [unavailable(name, "", new Error("unloaded, or not loaded yet by explicit control"))];
    let error: unknown;
    const isKnown = models.current(name).served !== undefined;
    if (load && (isKnown || models.loaded().length < maximumLoadedVersions))
      await models.refresh(name, "listed").catch((thrown) => {
        error = thrown;
      });
    const { served, failure } = models.current(name);
    const statuses: ModelStatus[] = [];
    if (served !== undefined) {
      const version = String(served.manifest.version);
      const missing = await parts.missing(served.manifest);
      statuses.push(
        missing === undefined
          ? { name, version, state: "READY", reason: "", problems: [] }
          : unavailable(name, version, new Error(missing)),
      );
    }
    if (failure !== undefined) statuses.push(unavailable(name, String(failure.version), failure.error));
    // Deleted since it was listed.
    if (statuses.length > 0 || (error instanceof ApiError && error.status === 404)) return statuses;
    const reason = error ?? new Error("not loaded now; the first request for it loads it");
    return [unavailable(name, "", reason)];
  }

  /** Of a version, or of the one that serves, or would. */
  async function manifestOf(name: string, version: string | undefined): Promise<ModelManifest> {
    const asked = version === undefined ? undefined : parseVersion(name, version);
    try {
      const number = asked === undefined ? undefined : await models.resolve(name, asked);
      const current = number ?? models.current(name).served?.manifest.version;
      const shown = current ?? (await readPointer(store, name))?.version;
      if (shown === undefined) throw modelNotFound(name);
      return await readManifest(store, name, shown);
    } catch (error) {
      throw error instanceof ApiError && error.code === "model-corrupt"
        ? asUnavailable(`model ${name}`, error)
        : error;
    }
  }

  return {
    async models({ load = true } = {}) {
      const statuses: ModelStatus[] = [];
      for (const name of await listModels(store)) statuses.push(...(await statusOf(name, load)));
      return statuses;
    },
    async metadata(name, version) {
      const manifest = await manifestOf(name, version);
      const { platform, inputs, outputs } = manifest;
      const versions = (await listVersions(store, name)).map(String);
      const provider = models.loadedVersion(name, manifest.version)?.executionProvider;
      const loaded = provider === undefined ? {} : { executionProvider: provider };
      return { name, versions, platform, inputs, outputs, ...loaded };
    },
    async configuration(name, version) {
      const manifest = await manifestOf(name, version);
      const provider = models.loadedVersion(name, manifest.version)?.executionProvider;
      const pointer = await readPointer(store, name);
      return describeConfiguration(manifest, {
        workers: options.workers,
        executionProvider: provider,
        versionPolicy: pointer?.versionPolicy,
      });
    },
    async statistics(name, version) {
      const asked = name === undefined || version === undefined ? undefined : parseVersion(name, version);
      const number =
        name === undefined || asked === undefined ? version : String(await models.resolve(name, asked));
      const known = statistics.read(name, number);
      if (known.length > 0 || name === undefined) return known;
      // There, but never loaded.
      const manifest = await manifestOf(name, version);
      return [emptyStatistics(name, String(manifest.version))];
    },
    report,
    async load(name, version) {
      const asked = version === undefined ? undefined : parseVersion(name, version);
      await control.load(name);
      if (asked !== undefined) await models.use(name, asked, async () => undefined);
    },
    unload: (name, options) => control.unload(name, options),
    async ready(name, version) {
      const number = version === undefined ? undefined : parseVersion(name, version);
      await control.check(name);
      // What serves already is ready, whatever became of a newer version.
      if (number === undefined) await models.refresh(name).catch(() => undefined);
      await models.use(name, number, ({ manifest }) => parts.ready(manifest));
    },
    infer: (name, version, request, signal) =>
      answer(
        name,
        version,
        { decode: (model) => decodeRequest(request, model), encode: encodeResponse },
        signal,
      ),
    inferBody: (name, version, body, signal) =>
      answer(
        name,
        version,
        {
          decode: (model) => bodies.decode(body, model, signal),
          encode: (computed) => bodies.encode(computed, signal),
        },
        signal,
      ),
    close() {
      clearInterval(pointerCheck);
      closing ??= Promise.all([pool.close(), bodies.close()]).then(() => undefined);
      return closing;
    },
  };
}

function unavailable(name: string, version: string, error: unknown): ModelStatus {
  const { message, problems = [] } = error as Partial<ApiError>;
  return { name, version, state: "UNAVAILABLE", reason: message ?? String(error), problems };
}

/** The number, or what may be an alias. */
function parseVersion(name: string, version: string): VersionName {
  if (/^[1-9]\d{0,14}$/.test(version)) return Number(version);
  if (aliasPattern.test(version)) return version;
  throw notFound(
    "model-version-not-found",
    `model ${name.slice(0, 128)} has no version ${JSON.stringify(version.slice(0, 20))}: versions are whole numbers from 1 or aliases`,
  );
}
