import type { PlanAnswer } from "../../planning/answer/plan-answer.ts";

/** A duration that is off by more than this factor, and by more than a second, asks for a new plan. */
export const driftFactor = 1.5;

/** Why a run is planned. */
export type PlanReason =
  | { kind: "start" }
  | { kind: "failure"; task: string }
  | { kind: "drift"; task: string; plannedSeconds: number; actualSeconds: number }
  | { kind: "capacity" };

/** One plan of a run, as it is kept in the bucket. */
export interface RunPlan {
  /** 1 at the start. */
  number: number;
  reason: PlanReason;
  /** RFC 3339. */
  createdAt: string;
  /** Seconds from the run's start to where this plan begins. */
  offset: number;
  /** What there was, as text. */
  capacity: string;
  /** Undefined: there is none, see `error`. Times are seconds from `offset`. */
  plan?: PlanAnswer;
  /** Why the tasks could not be planned; the run goes on without. */
  error?: string;
}

/** What a run itself needs of its plan: little, since it stands in the run's journal. */
export interface PlanSummary {
  number: number;
  capacity: string;
  /** Task → seconds from the run's start at which it is planned to start. */
  starts: Record<string, number>;
  /** Task → seconds that it is planned to take. */
  durations: Record<string, number>;
}

export function planPrefix(runId: string): string {
  return `runs/${runId}/plans/`;
}

/** @param execution which execution of the run, from 1: a retried run has plans of its own */
export function planKey(runId: string, execution: number, number: number): string {
  const padded = [execution, number].map((each) => String(each).padStart(6, "0"));
  return `${planPrefix(runId)}${padded.join("-")}.json`;
}
