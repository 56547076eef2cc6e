import type { ObjectiveParts } from "../objective.ts";

/** Why a task starts no earlier. Times are seconds from the start of the plan. */
export type Reason =
  /** It begins with the plan. */
  | { kind: "none" }
  | { kind: "release"; until: number }
  | { kind: "predecessor"; task: string; until: number }
  /** Others hold what it needs; those named end when it starts. */
  | { kind: "resource"; resource: string; heldBy: string[]; until: number }
  /** There is not as much of the resource before. */
  | { kind: "window"; resource: string; until: number }
  /** It could start earlier; the plan gains nothing by it. */
  | { kind: "choice" };

export interface PlannedTask {
  name: string;
  start: number;
  end: number;
  duration: number;
  /** Place among the task's modes. */
  mode: number;
  /** Resource → how much it holds while it runs. */
  levels: Record<string, number>;
  /** Seconds it can start later with every other task and the end of the plan in place. */
  slack: number;
  isCritical: boolean;
  /** What keeps it from starting earlier; several where each alone would. */
  reasons: Reason[];
  deadline?: number;
  /** Only of a task that ends after its deadline. */
  late?: { seconds: number; why: string };
  /** Money for what it holds; absent where nothing has a price. */
  cost?: number;
}

export interface PlannedResource {
  name: string;
  unit: string;
  /** Pieces of time, until the plan's end: how much is used and how much there is. */
  usage: { from: number; to: number; used: number; available: number }[];
  /** Used ÷ available, over the whole plan; 0 where there is nothing. */
  utilisation: number;
  /** Money for what the tasks hold of it; absent where it has no price. */
  cost?: number;
}

export interface PlanAnswer {
  /** The strategy that made it. */
  strategy: string;
  /** Seconds until the last task has ended. */
  makespan: number;
  objective: {
    value: number;
    /** Each part as it is, its factor, and what it adds. */
    parts: Record<keyof ObjectiveParts, { value: number; factor: number }>;
  };
  bound: { value: number; by: string };
  /** (objective − bound) ÷ objective; 0 where the plan is proven to be the best there is. */
  gap: number;
  isProven: boolean;
  /** By start. */
  tasks: PlannedTask[];
  resources: PlannedResource[];
  /** First to last: each waits for the one before it, as a predecessor or for a resource it holds. */
  criticalPath: string[];
  /** Schedules that the strategy made. */
  schedules: number;
}
