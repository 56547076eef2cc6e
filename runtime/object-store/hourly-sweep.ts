import { errorMessage } from "../errors.ts";
import { isPreconditionFailed } from "./object-key.ts";
import type { ObjectStore } from "./object-store.ts";

export interface HourlySweepOptions {
  store: ObjectStore;
  /** The object by which replicas agree on who sweeps; its content is when the next one may. */
  claimKey: string;
  /** @returns how many things were removed */
  sweep: () => Promise<number>;
  /** A pino logger fits. */
  logger: { warn(details: object, message: string): void };
  /** Logged where a sweep fails. */
  failure: string;
  /** Milliseconds since 1970. Default Date.now. */
  now?: (() => number) | undefined;
}

export interface HourlySweep {
  /**
   * Of several replicas one does so each hour. An interrupted sweep is taken up by the next.
   * @returns how many things were removed; undefined where another replica swept within the hour
   */
  sweep(): Promise<number | undefined>;
  start(): void;
  stop(): void;
}

const intervalMilliseconds = 3_600_000;

/** What removes old things from a bucket that several replicas share. */
export function createHourlySweep(options: HourlySweepOptions): HourlySweep {
  const { store, claimKey, logger, failure, now = Date.now } = options;
  let timer: NodeJS.Timeout | undefined;

  async function claim(): Promise<boolean> {
    const current = await store.get(claimKey);
    const until =
      current === undefined
        ? 0
        : (JSON.parse(Buffer.from(current.body).toString()) as { until: number }).until;
    if (until > now()) return false;
    try {
      const condition = current === undefined ? { ifNoneMatch: "*" as const } : { ifMatch: current.etag };
      await store.put(claimKey, JSON.stringify({ until: now() + intervalMilliseconds }), condition);
      return true;
    } catch (error) {
      if (isPreconditionFailed(error)) return false;
      throw error;
    }
  }

  async function sweep(): Promise<number | undefined> {
    return (await claim()) ? options.sweep() : undefined;
  }

  function sweepAndTell(): void {
    sweep().catch((error) => logger.warn({ reason: errorMessage(error) }, failure));
  }

  return {
    sweep,
    start() {
      sweepAndTell();
      timer = setInterval(sweepAndTell, intervalMilliseconds / 4);
      timer.unref();
    },
    stop: () => clearInterval(timer),
  };
}
