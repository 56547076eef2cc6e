import type { z } from "zod";
import type { Json } from "../../workflows/workflow.ts";
import type { Column, ColumnKind } from "../column.ts";
import type { Row } from "../database.ts";

/** What a step knows of the table `data`, on which it works. */
export interface StepScope {
  columns: readonly Column[];
  /** Column lists that name columns instead of `*` end with this: nothing, or the mark of the rows for testing. */
  hidden: string;
  /** Columns of a further source; undefined where there is none of that name. */
  other(name: string): readonly Column[] | undefined;
  otherNames: readonly string[];
  /**
   * What a query over the rows to learn from gives: all rows, or after a split those that are not for testing.
   * @param select from `SELECT` up to `FROM`, exclusive
   * @param rest what follows the table and its WHERE
   */
  learn(select: string, rest?: string): Promise<Row[]>;
}

export interface StepChecks {
  /** @param path within the step's parameters */
  report(path: string, message: string): void;
  /** The column, after reporting where it is missing or of another kind than wanted. */
  column(path: string, name: string, kinds?: readonly ColumnKind[]): Column | undefined;
}

export interface AppliedStep {
  /** A query over the table `data`, which becomes the new `data`. */
  query: string;
  /** What was found in the data, so that others can do to theirs what was done here. */
  learned?: Json;
}

/** One operation on a table. */
export interface DataStep<Parameters> {
  schema: z.ZodType<Parameters>;
  /** Reports everything that the columns at hand do not allow. */
  check(parameters: Parameters, scope: StepScope, checks: StepChecks): void;
  apply(parameters: Parameters, scope: StepScope): Promise<AppliedStep> | AppliedStep;
  /** Whether it makes a column of this name, as far as that shows before it ran. Default: none. */
  creates?(parameters: Parameters, column: string): boolean;
}
