import { z } from "zod";
import { ApiError } from "../../errors.ts";
import { identifier, literal } from "../sql.ts";
import type { DataStep } from "./data-step.ts";

const schema = z.record(z.string(), z.enum(["minMax", "zScore"]));

/**
 * minMax: (x - minimum) / (maximum - minimum), so 0 to 1 for what was learned from; zScore: (x - mean) / deviation, with
 * the deviation of the population. A column of one value becomes 0. Learned: column to `{offset, scale}`, for
 * (x - offset) / scale.
 */
export const normalise: DataStep<z.infer<typeof schema>> = {
  schema,
  check(parameters, _scope, checks) {
    for (const name of Object.keys(parameters)) checks.column("", name, ["number"]);
  },
  async apply(parameters, scope) {
    const learned: Record<string, { offset: number; scale: number }> = {};
    const replaced: string[] = [];
    for (const [name, how] of Object.entries(parameters)) {
      const column = identifier(name);
      const [row] = await scope.learn(
        how === "minMax"
          ? `min(${column})::DOUBLE AS "offset", (max(${column}) - min(${column}))::DOUBLE AS scale`
          : `avg(${column})::DOUBLE AS "offset", stddev_pop(${column})::DOUBLE AS scale`,
      );
      if (typeof row?.offset !== "number" || typeof row.scale !== "number")
        throw new ApiError(`column "${name}" has no value at all to normalise by`, {
          status: 422,
          code: "nothing-to-learn",
        });
      const scale = row.scale === 0 ? 1 : row.scale;
      learned[name] = { offset: row.offset, scale };
      replaced.push(`(${column}::DOUBLE - ${literal(row.offset)}) / ${literal(scale)}::DOUBLE AS ${column}`);
    }
    return { query: `SELECT * REPLACE (${replaced.join(", ")}) FROM data`, learned };
  },
};
