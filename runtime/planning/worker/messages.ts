import type { Problem } from "../../errors.ts";
import type { PlanAnswer } from "../answer/plan-answer.ts";
import type { PlanOptions } from "../make-plan.ts";
import type { StrategyProgress } from "../strategies/strategy.ts";

export interface WorkerRequest {
  problem: unknown;
  options: Omit<PlanOptions, "signal" | "onProgress" | "now">;
  /** One 32-bit number; anything but 0 ends the work early. */
  stop: SharedArrayBuffer;
}

export type WorkerMessage =
  | { kind: "progress"; progress: StrategyProgress }
  | { kind: "answer"; answer: PlanAnswer }
  | { kind: "refused"; error: { message: string; status: number; code: string; problems: Problem[] } };
