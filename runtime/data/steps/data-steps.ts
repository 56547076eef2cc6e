import type { z } from "zod";
import { closedObject } from "../../workflows/schema-parts.ts";
import { clean } from "./clean.ts";
import type { DataStep } from "./data-step.ts";
import { filter } from "./filter.ts";
import { impute } from "./impute.ts";
import { join } from "./join.ts";
import { normalise } from "./normalise.ts";
import { oneHot } from "./one-hot.ts";
import { select } from "./select.ts";
import { split } from "./split.ts";
import { window } from "./window.ts";

/** Every step that data may take, by its name in a declaration. */
export const dataSteps = { select, filter, clean, impute, normalise, oneHot, window, join, split };

const shape = Object.fromEntries(
  Object.entries(dataSteps).map(([name, step]) => [name, (step as DataStep<unknown>).schema.optional()]),
);

/** `{NAME: parameters}`. */
export const declaredStep = closedObject(shape).refine(
  (value) => Object.keys(value).length === 1,
  `must hold one of ${Object.keys(dataSteps).join(", ")}`,
);

export type DeclaredStep = z.infer<typeof declaredStep>;
