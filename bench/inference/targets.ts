import type { ModelName } from "./models/bench-model.ts";
import { type Encoding, encodings, type Row } from "./row.ts";

/** What Skyloom must reach, beside what it reached. */
export interface Target {
  name: string;
  limit: number;
  /** `atLeast`: the value may not be under the limit. `under`: it must be under it. */
  kind: "atLeast" | "under";
  unit: "×" | "ms";
  /** Undefined where a part of it was not measured. */
  value: number | undefined;
  state: "met" | "not met" | "not measured";
}

/** Over each peer: tiny model, JSON, concurrency 64, requests per second. */
const RATIOS = [
  ["mlserver", 3],
  ["fastapi", 2.4],
  ["litserve", 6],
] as const;
const LARGER_MODELS = ["convolutional", "encoder"] as const;
const MANY = 64;
const BARE_SHARE = 0.95;
const BATCHING_GAIN = 2;
const ADDED_MS = 1;

/** All targets; those of models that were not measured say so. */
export function judgeTargets(rows: Row[]): Target[] {
  const find = (server: Row["server"], model: ModelName, encoding: Encoding, concurrency: number) =>
    rows.find(
      (row) =>
        row.server === server &&
        row.model === model &&
        row.encoding === encoding &&
        row.concurrency === concurrency,
    );
  const rate = (...cell: Parameters<typeof find>) => find(...cell)?.requestsPerSecond ?? undefined;
  const targets: Target[] = RATIOS.map(([peer, limit]) =>
    judge(`tiny, JSON, concurrency ${MANY}: over ${peer}`, "atLeast", limit, "×", {
      value: ratio(rate("skyloom", "tiny", "json", MANY), rate(peer, "tiny", "json", MANY)),
    }),
  );
  const [json, binary] = encodings.map((encoding) => rate("skyloom", "tiny", encoding, MANY));
  targets.push(
    judge(`tiny, concurrency ${MANY}: binary over JSON`, "atLeast", 1, "×", { value: ratio(binary, json) }),
  );
  const bareMs = find("bare", "tiny", "binary", 1)?.p50Ms ?? undefined;
  for (const encoding of encodings) {
    const ownMs = find("skyloom", "tiny", encoding, 1)?.p50Ms ?? undefined;
    const value = ownMs === undefined || bareMs === undefined ? undefined : ownMs - bareMs;
    targets.push(
      judge(`tiny, ${encoding}, concurrency 1: added to bare, median`, "under", ADDED_MS, "ms", { value }),
    );
  }
  for (const model of LARGER_MODELS) {
    const own = rate("skyloom", model, "binary", MANY);
    const bare = rate("bare", model, "binary", MANY);
    targets.push(
      judge(`${model}, binary, concurrency ${MANY}: of bare`, "atLeast", BARE_SHARE, "×", {
        value: ratio(own, bare),
      }),
    );
    const unbatched = rate("bare", model, "binary", 1);
    const gain = ratio(bare, unbatched);
    // Only where batches help the bare loop so much can they help a server.
    if (gain !== undefined && gain >= BATCHING_GAIN)
      targets.push(
        judge(
          `${model}, binary, concurrency ${MANY}: over bare without batches`,
          "atLeast",
          BATCHING_GAIN,
          "×",
          {
            value: ratio(own, unbatched),
          },
        ),
      );
  }
  return targets;
}

function judge(
  name: string,
  kind: Target["kind"],
  limit: number,
  unit: Target["unit"],
  { value }: { value: number | undefined },
): Target {
  const isMet = value !== undefined && (kind === "atLeast" ? value >= limit : value < limit);
  return {
    name,
    limit,
    kind,
    unit,
    value,
    state: value === undefined ? "not measured" : isMet ? "met" : "not met",
  };
}

/** Undefined where one of both is, or there is nothing to divide by. */
export function ratio(own: number | undefined, other: number | undefined): number | undefined {
  return own === undefined || other === undefined || other === 0 ? undefined : own / other;
}
