import { z } from "zod";
import { closedObject } from "../../workflows/schema-parts.ts";
import { identifier, literal } from "../sql.ts";
import type { DataStep } from "./data-step.ts";

/** Marks the rows that are for testing, from the split on; never in a result. */
export const testMark = "__skyloom_test";

const schema = closedObject({
  /** Share of the rows that are kept for testing. */
  test: z.number().gt(0).lt(1),
  seed: z.number().int().min(0).max(Number.MAX_SAFE_INTEGER).default(0),
  /** Rows with the same value in it go to the same side; default: each row by itself, by its place. */
  key: z.string().optional(),
});

/** 60 bits of the hash, as a share of all. */
const range = 2 ** 60;

/**
 * Sets rows aside for testing, by a hash of the seed and the key: the same rows in every run, whatever else there is. Steps
 * after it learn from the other rows only, and are applied to both.
 */
export const split: DataStep<z.infer<typeof schema>> = {
  schema,
  check({ key }, scope, checks) {
    if (key !== undefined) checks.column("key", key);
    if (scope.hidden !== "") checks.report("", "stands twice: rows can be split once");
  },
  apply({ test, seed, key }) {
    const value = key === undefined ? "rowid" : identifier(key);
    const hash = `('0x' || substr(md5(concat(${literal(String(seed))}, ':', coalesce(${value}::VARCHAR, ''))), 1, 15))::BIGINT`;
    return { query: `SELECT *, ${hash} / ${range}::DOUBLE < ${literal(test)} AS ${testMark} FROM data` };
  },
};
