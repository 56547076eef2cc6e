/** Which targets of a route rest because they were slow; what this replica saw decides. */
export interface SlowTargets {
  answered(target: string, seconds: number): void;
  isResting(target: string): boolean;
}

/** Answers that the percentile is of, and how many there must be for it to say something. */
const maximumAnswers = 100;
const minimumAnswers = 20;

export function createSlowTargets(
  { p95Seconds, restSeconds }: { p95Seconds: number; restSeconds: number },
  now: () => number,
): SlowTargets {
  const answers = new Map<string, number[]>();
  const restUntil = new Map<string, number>();
  return {
    answered(target, seconds) {
      const latest = [...(answers.get(target) ?? []), seconds].slice(-maximumAnswers);
      answers.set(target, latest);
      if (latest.length < minimumAnswers || percentile95(latest) <= p95Seconds) return;
      answers.delete(target);
      restUntil.set(target, now() + restSeconds * 1000);
    },
    isResting: (target) => (restUntil.get(target) ?? Number.NEGATIVE_INFINITY) > now(),
  };
}

/** By nearest rank. */
function percentile95(values: number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.ceil(sorted.length * 0.95) - 1] ?? 0;
}
