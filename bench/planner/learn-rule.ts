import type { RankingModel } from "../../runtime/planning/learned-rule/ranking-model.ts";
import { accuracy, trainRanking } from "../../runtime/planning/learned-rule/train-ranking.ts";
import { type TrainingPair, trainingPairs } from "../../runtime/planning/learned-rule/training-pairs.ts";
import { parseAndCompileProblem } from "../../runtime/planning/parse-problem.ts";
import { Random } from "../../runtime/planning/random.ts";
import { genetic } from "../../runtime/planning/strategies/genetic.ts";
import { trainingProblem } from "./training-problem.ts";

export interface LearningOptions {
  /** Problems that are solved and learned from; a quarter as many more tell how well it went. */
  problems: number;
  /** Schedules of the genetic strategy for each. */
  schedules: number;
  /** The most pairs of tasks of each. */
  pairsEach: number;
  units: number;
  epochs: number;
  learningRate: number;
  seed: number;
}

export interface LearnedRule {
  /** Where it comes from: what trained it, on what, and how well it orders pairs of tasks. */
  provenance: LearningOptions & { script: string; pairs: number; accuracyOnOthers: number };
  model: RankingModel;
}

/** Solves made-up problems with the genetic strategy and learns what it preferred; the same for the same options. */
export async function learnRule(
  options: LearningOptions,
  onProgress: (line: string) => void = () => undefined,
): Promise<LearnedRule> {
  const random = new Random(options.seed);
  const pairs: TrainingPair[] = [];
  const others: TrainingPair[] = [];
  const count = options.problems + Math.ceil(options.problems / 4);
  for (let index = 0; index < count; index++) {
    const compiled = parseAndCompileProblem(trainingProblem(options.seed * 1_000_003 + index));
    const solution = await genetic.solve(compiled, { schedules: options.schedules, seed: options.seed });
    const found = trainingPairs(compiled, solution, options.pairsEach, random);
    (index < options.problems ? pairs : others).push(...found);
    if ((index + 1) % 100 === 0) onProgress(`${index + 1} of ${count} problems solved`);
  }
  const model = trainRanking(pairs, { ...options, random });
  const accuracyOnOthers = round(accuracy(model, others));
  onProgress(`${pairs.length} pairs learned; of ${others.length} others ${accuracyOnOthers} are in order`);
  return {
    provenance: {
      script: "bench/planner/train-learned-rule.ts",
      ...options,
      pairs: pairs.length,
      accuracyOnOthers,
    },
    model: {
      hidden: model.hidden.map((row) => row.map(round)),
      bias: model.bias.map(round),
      output: model.output.map(round),
    },
  };
}

/** Six decimals: the last bits of exp and tanh may differ between versions of the engine. */
function round(value: number): number {
  return Number(value.toFixed(6));
}
