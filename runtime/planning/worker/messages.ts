import type { Problem } from "../../errors.ts";
import type { CapacityRequest } from "../capacity-planning/capacity-request.ts";
import type { PlanOptions } from "../make-plan.ts";
import type { StrategyProgress } from "../strategies/strategy.ts";

/** What a thread is started for. */
export type WorkerRequest =
  | { kind: "plan"; problem: unknown; options: Omit<PlanOptions, "signal" | "onProgress" | "now"> }
  | { kind: "capacity"; request: CapacityRequest };

export interface WorkerData {
  request: WorkerRequest;
  /** One 32-bit number; anything but 0 ends the work early. */
  stop: SharedArrayBuffer;
}

export type WorkerMessage =
  | { kind: "progress"; progress: StrategyProgress }
  | { kind: "answer"; answer: unknown }
  | { kind: "refused"; error: { message: string; status: number; code: string; problems: Problem[] } };
