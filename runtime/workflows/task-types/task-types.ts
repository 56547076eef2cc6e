import type { TaskType } from "../task-type.ts";
import { approve } from "./approve.ts";
import { container } from "./container.ts";
import { decide } from "./decide.ts";
import { evaluate } from "./evaluate.ts";
import { event } from "./event.ts";
import { http } from "./http.ts";
import { infer } from "./infer.ts";
import { map } from "./map.ts";
import { notify } from "./notify.ts";
import { prepare } from "./prepare.ts";
import { publishModelTask } from "./publish-model.ts";
import { reduce } from "./reduce.ts";
import { report } from "./report.ts";
import { script } from "./script.ts";
import { train } from "./train.ts";
import { wait } from "./wait.ts";
import { workflow } from "./workflow.ts";

const all: TaskType[] = [
  infer,
  script,
  container,
  decide,
  approve,
  report,
  notify,
  http,
  prepare,
  train,
  evaluate,
  publishModelTask,
  map,
  reduce,
  workflow,
  wait,
  event,
];

/** Every task type that a workflow may use, by its name. */
export const taskTypes: ReadonlyMap<string, TaskType> = new Map(all.map((type) => [type.name, type]));
