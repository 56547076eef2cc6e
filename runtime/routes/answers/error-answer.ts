import { z } from "zod";

/** One thing that is wrong; line and column where it stands in a text that was given. */
export const problem = z
  .object({
    path: z.string(),
    message: z.string(),
    line: z.int().optional(),
    column: z.int().optional(),
  })
  .meta({ id: "Problem" });

/** What every error answers. */
export const errorAnswer = z
  .object({ error: z.string(), code: z.string(), problems: z.array(problem) })
  .meta({ id: "Error" });
