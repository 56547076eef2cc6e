import type { PlanningProblem } from "../../../runtime/planning/problem.ts";

/** Numbers from 0 to below 1, the same ones for the same seed (mulberry32). */
export function seededRandom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

/** Objectives that random problems are planned for, by turns. */
export const objectives: PlanningProblem["objective"][] = [
  undefined,
  { weightedCompletion: 1, exceptionCost: 1 },
  { makespan: 1, money: 5 },
  { makespan: 3, weightedCompletion: 1, exceptionCost: 2, money: 1 },
];

/** A problem with ranges, modes, windows, releases and deadlines, in seconds below 30. */
export function randomProblem(seed: number, taskCount: number): PlanningProblem {
  const random = seededRandom(seed);
  const whole = (from: number, to: number) => from + Math.floor(random() * (to - from + 1));
  const chance = (probability: number) => random() < probability;
  const names = Array.from({ length: taskCount }, (_, index) => `t${index}`);
  const gpu = whole(3, 5);
  const tasks = names.map((name, index) => {
    const isRange = chance(0.25);
    return [
      name,
      {
        ...(isRange
          ? {
              durations: { 1: whole(4, 6), 2: whole(2, 4), 3: whole(1, 3) },
              needs: { cpu: whole(0, 3), gpu: { minimum: 1, maximum: 3 } },
            }
          : { duration: whole(0, 5), needs: { cpu: whole(0, 4), gpu: whole(0, 3) } }),
        weight: whole(0, 4),
        ...(chance(0.2) && { release: whole(1, 6) }),
        ...(chance(0.3) && { exceptionCost: whole(1, 20), exceptionProbability: whole(0, 10) / 10 }),
        predecessors: names.slice(0, index).filter(() => chance(0.25)),
      },
    ] as const;
  });
  return {
    resources: {
      cpu: {
        capacity: 4,
        price: whole(0, 3600),
        ...(chance(0.4) && {
          windows: [{ from: whole(1, 4), to: whole(5, 8), capacity: whole(0, 6) }],
        }),
      },
      gpu: { capacity: gpu, price: whole(0, 7200) },
    },
    tasks: Object.fromEntries(tasks),
    ...(objectives[seed % objectives.length] !== undefined && {
      objective: objectives[seed % objectives.length],
    }),
  };
}
