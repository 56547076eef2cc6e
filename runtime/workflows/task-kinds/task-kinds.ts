import type { TaskType } from "../task-type.ts";
import { taskTypes } from "../task-types/task-types.ts";
import { answer } from "./answer.ts";
import { child } from "./child.ts";
import { composite } from "./composite.ts";
import { event } from "./event.ts";
import { step } from "./step.ts";
import type { TaskKind } from "./task-kind.ts";
import { timer } from "./timer.ts";

const kinds: Record<TaskType["kind"], TaskKind> = {
  step,
  wait: answer,
  timer,
  event,
  workflow: child,
  composite,
};

/** How a task of this type is carried out. */
export function kindOf(uses: string): TaskKind {
  const type = taskTypes.get(uses);
  if (type === undefined) throw new Error(`there is no task type ${uses}`);
  return kinds[type.kind];
}
