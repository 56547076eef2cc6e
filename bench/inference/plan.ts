import type { BenchOptions } from "./arguments.ts";
import type { ModelName } from "./models/bench-model.ts";
import type { Encoding } from "./row.ts";

/** What is measured of one model. */
export interface ModelPlan {
  model: ModelName;
  encodings: Encoding[];
  concurrencies: number[];
  /** Each server has its turn in each round; a figure is the median of the rounds. */
  rounds: number;
  /** Of one turn. */
  seconds: number;
  warmUpSeconds: number;
  /** Whether server and bare loop share one processor, and the load generator has another. */
  isPinned: boolean;
}

/** The tiny model measures the way through a server, so it has all processors; the larger ones measure its overhead. */
export function makePlan({
  quick,
  models,
  encodings,
  concurrencies = quick ? [8, 64] : [1, 8, 64],
  seconds,
  rounds = 3,
}: Pick<BenchOptions, "quick" | "models"> &
  Partial<Pick<BenchOptions, "encodings" | "concurrencies" | "seconds" | "rounds">>): ModelPlan[] {
  return models.map((model) => {
    const isPinned = model !== "tiny";
    // Larger models answer in batches: of a short turn, one more or less of them is a few in a hundred.
    const turnSeconds = seconds ?? (isPinned ? (quick ? 3 : 10) : quick ? 2 : 4);
    return {
      model,
      encodings: encodings ?? (quick ? [isPinned ? "binary" : "json"] : ["json", "binary"]),
      concurrencies,
      rounds,
      seconds: turnSeconds,
      warmUpSeconds: turnSeconds / 4,
      isPinned,
    };
  });
}
