import type { TaskType } from "../task-type.ts";
import { approve } from "./approve.ts";
import { container } from "./container.ts";
import { decide } from "./decide.ts";
import { http } from "./http.ts";
import { infer } from "./infer.ts";
import { notify } from "./notify.ts";
import { prepare } from "./prepare.ts";
import { report } from "./report.ts";
import { script } from "./script.ts";

/** Every task type that a workflow may use, by its name. */
export const taskTypes: ReadonlyMap<string, TaskType> = new Map(
  [infer, script, container, decide, approve, report, notify, http, prepare].map((type: TaskType) => [
    type.name,
    type,
  ]),
);
