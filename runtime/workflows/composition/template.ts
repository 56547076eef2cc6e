import type { z } from "zod";
import { type FoundExpression, lookedAtTasks } from "../specification-expressions.ts";
import type { taskSchema } from "../specification-schema.ts";

/** A task of a catalogue. */
export interface Template {
  name: string;
  /** Artifacts, name to type. */
  consumes: Record<string, string>;
  produces: Record<string, string>;
  /** Other tasks of the catalogue that it names, in `needs` or in expressions: it comes with them. */
  requires: string[];
  needs: string[];
  /** Inputs that its expressions look at. */
  inputs: string[];
  /** Seconds; unknown counts as 0. */
  duration: number;
  isConditional: boolean;
  /** As it is written in the file. */
  raw: Record<string, unknown>;
}

export function templateOf(
  name: string,
  task: z.infer<typeof taskSchema>,
  raw: Record<string, unknown>,
  expressions: FoundExpression[],
): Template {
  const lookedAt = expressions.flatMap(({ expression }) =>
    lookedAtTasks(expression).map((found) => found.name),
  );
  const inputs = expressions.flatMap(({ expression }) =>
    expression.references.flatMap(({ root, path: [input] }) =>
      root === "inputs" && input !== undefined ? [input] : [],
    ),
  );
  return {
    name,
    consumes: task.consumes,
    produces: task.produces,
    requires: [...new Set([...task.needs, ...lookedAt])].filter((other) => other !== name),
    needs: task.needs,
    inputs: [...new Set(inputs)],
    duration: task.duration ?? 0,
    isConditional: task.when !== undefined,
    raw,
  };
}
