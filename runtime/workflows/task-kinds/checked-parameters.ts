import type { z } from "zod";
import { recordedInputs } from "../run-document.ts";
import type { TaskType } from "../task-type.ts";
import { taskTypes } from "../task-types/task-types.ts";
import type { Json } from "../workflow.ts";
import type { RunScope } from "./task-kind.ts";

interface Checked<Type extends TaskType> {
  type: Type;
  parameters: z.infer<Type["schema"]>;
  /** As they are recorded. */
  inputs: Json;
}

/** A task's type with its evaluated and checked parameters; undefined where they are wrong, which fails the task. */
export function checkedParameters<Type extends TaskType>(
  name: string,
  run: RunScope,
): Checked<Type> | undefined {
  const evaluated = run.parameters(name);
  if (evaluated === undefined) return undefined;
  const type = taskTypes.get(run.specification(name).uses) as Type;
  const parsed = type.schema.safeParse(evaluated.value);
  if (parsed.success)
    return {
      type,
      parameters: parsed.data as z.infer<Type["schema"]>,
      inputs: recordedInputs(parsed.data as Json),
    };
  const [issue] = parsed.error.issues;
  const path = ["with", ...(issue?.path ?? [])].join(".");
  run.fail(name, { code: "invalid-parameters", message: `${path}: ${issue?.message}` });
  return undefined;
}
