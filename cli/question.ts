import { approve } from "../runtime/workflows/task-types/approve.ts";
import type { TaskRun } from "./run-view.ts";

export interface Question {
  question: string;
  options: string[];
}

/** What a task asks a person; undefined: nothing, or it has not begun. */
export function questionOf({ uses, inputs }: TaskRun): Question | undefined {
  if (uses !== approve.name) return undefined;
  const { success, data } = approve.schema.safeParse(inputs);
  return success ? data : undefined;
}

/** Answers that approve, whatever is asked. */
const CONSENTS = ["yes", "approve"];

/** The option by which a person agrees; undefined: none says so by itself. */
export function consentOf({ options }: Question): string | undefined {
  return CONSENTS.find((consent) => options.includes(consent));
}
