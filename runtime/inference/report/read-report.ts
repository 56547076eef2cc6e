import type { ObjectStore } from "../../object-store/object-store.ts";
import type { EnsembleStep } from "../ensembles/steps.ts";
import type { InferenceMetrics, MeasuredVersion } from "../inference-metrics.ts";
import { asUnavailable } from "../loaded-version.ts";
import type { StatisticsRecorder } from "../model-statistics.ts";
import { listVersions, modelNotFound, readManifest, readPointer } from "../read-models.ts";
import type { ServedModels } from "../served-models.ts";
import { reportVersion, type VersionSources } from "./create-report.ts";
import type { ModelReport, VersionReport } from "./model-report.ts";

/** Of the latest versions, also where nobody uses them. */
const latestVersions = 10;
const maximumVersions = 50;

export interface ReportOptions {
  store: ObjectStore;
  models: ServedModels;
  metrics: Pick<InferenceMetrics, "read">;
  statistics: Pick<StatisticsRecorder, "read">;
  /** Requests that wait for a version in memory, by its key in the pool. */
  queueLength(key: string): number;
  /** What was learned of the batches of a version in memory, by its key in the pool. */
  batchSizes(key: string): VersionSources["batchSizes"];
  workers: number;
}

/**
 * Reads reports on models; what is measured begins with this call.
 * @param now milliseconds since 1970
 */
export function createReportReader(options: ReportOptions, now: () => number = Date.now) {
  const { store, models, metrics, statistics } = options;
  const startedAt = now();

  async function stepMeasures(steps: EnsembleStep[] = []) {
    return Promise.all(
      steps.map(async ({ model, version, alias }) => {
        const asked = version ?? alias;
        const number =
          asked === undefined
            ? models.current(model).served?.manifest.version
            : await models.resolve(model, asked).catch(() => undefined);
        return { model, measured: (await metrics.read(model)).versions.get(String(number)) };
      }),
    );
  }

  async function readVersion(
    name: string,
    version: number,
    {
      pointer,
      measured,
      windowSeconds,
    }: {
      pointer: { version: number; aliases: Record<string, number> };
      measured: Map<string, MeasuredVersion>;
      windowSeconds: number;
    },
  ): Promise<VersionReport> {
    const manifest = await readManifest(store, name, version);
    const loaded = models.loadedVersion(name, version);
    const aliases = Object.keys(pointer.aliases).filter((alias) => pointer.aliases[alias] === version);
    return reportVersion({
      manifest,
      isCurrent: pointer.version === version,
      aliases: aliases.sort(),
      loaded,
      waiting: loaded === undefined ? 0 : options.queueLength(loaded.poolModel.key),
      batchSizes: loaded === undefined ? undefined : options.batchSizes(loaded.poolModel.key),
      measured: measured.get(String(version)),
      statistics: statistics.read(name, String(version))[0],
      steps: await stepMeasures(manifest.steps),
      windowSeconds,
      workers: options.workers,
    });
  }

  /** Of routing whoever routes knows. @throws ApiError `model-not-found` (404), `model-unavailable` (503) where a manifest cannot be read */
  return async (name: string): Promise<ModelReport> => {
    try {
      const pointer = await readPointer(store, name);
      if (pointer === undefined) throw modelNotFound(name);
      const { loads, versions: measured } = await metrics.read(name);
      const to = now();
      const windowSeconds = (to - startedAt) / 1000;
      const published = await listVersions(store, name);
      const used = [...measured.keys()].map(Number).filter((version) => published.includes(version));
      const named = [pointer.version, ...Object.values(pointer.aliases), ...used];
      const shown = [...new Set([...named, ...published.slice(-latestVersions)])]
        .sort((a, b) => b - a)
        .slice(0, maximumVersions);
      const { description } = await readManifest(store, name, pointer.version);
      return {
        model: name,
        description,
        window: {
          from: new Date(startedAt).toISOString(),
          to: new Date(to).toISOString(),
          seconds: windowSeconds,
        },
        loads,
        versions: await Promise.all(
          shown.map((version) => readVersion(name, version, { pointer, measured, windowSeconds })),
        ),
        routing: [],
      };
    } catch (error) {
      throw asUnavailable(`the report of model ${name}`, error);
    }
  };
}
