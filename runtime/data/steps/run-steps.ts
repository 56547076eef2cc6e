import { ApiError, invalidInput, type Problem } from "../../errors.ts";
import type { Json } from "../../workflows/workflow.ts";
import { type Column, kindOf, unknownColumn } from "../column.ts";
import type { Database } from "../database.ts";
import { identifier } from "../sql.ts";
import type { DataStep, StepChecks, StepScope } from "./data-step.ts";
import { type DeclaredStep, dataSteps } from "./data-steps.ts";
import { testMark } from "./split.ts";

/** What a step did. */
export interface StepReport {
  step: string;
  rowsIn: number;
  rowsOut: number;
  /** What it found in the data, so that others can do to theirs what was done here. */
  learned?: Json;
}

/**
 * Takes the table `data` through the steps. Further sources are the tables `source NAME`.
 * @throws ApiError `invalid-steps` (400) with everything that the columns do not allow, by the columns that are there when
 * a step has its turn; `nothing-to-learn`, `too-many-values`, `column-taken`, `data-failed`, `data-too-large` (422)
 */
export async function runSteps(
  database: Database,
  steps: readonly DeclaredStep[],
  others: Readonly<Record<string, readonly Column[]>>,
  onStep: (report: StepReport) => void = () => undefined,
): Promise<StepReport[]> {
  const problems: Problem[] = [];
  /** Whether a step that could not be taken would have made this column. */
  const promises: ((column: string) => boolean)[] = [];
  const reports: StepReport[] = [];
  for (const [index, declared] of steps.entries()) {
    const [name, parameters] = Object.entries(declared)[0] as [keyof typeof dataSteps, unknown];
    const step = dataSteps[name] as DataStep<unknown>;
    const scope = await scopeOf(database, others);
    const found = problemsOf(step, parameters, scope, `steps[${index}].${name}`, promises);
    problems.push(...found);
    if (found.length > 0) {
      promises.push((column) => step.creates?.(parameters, column) ?? false);
      continue;
    }
    const report = await take(database, step, name, parameters, scope).catch((error) => {
      throw problems.length > 0
        ? invalidInput("invalid-steps", problems, "steps")
        : named(error, index, name);
    });
    reports.push(report);
    onStep(report);
  }
  if (problems.length > 0) throw invalidInput("invalid-steps", problems, "steps");
  return reports;
}

async function take(
  database: Database,
  step: DataStep<unknown>,
  name: string,
  parameters: unknown,
  scope: StepScope,
): Promise<StepReport> {
  const rowsIn = await database.count("data");
  const { query, learned } = await step.apply(parameters, scope);
  await database.run(`CREATE TABLE next AS ${query}`);
  await database.run("DROP TABLE data");
  await database.run("ALTER TABLE next RENAME TO data");
  const rowsOut = await database.count("data");
  return { step: name, rowsIn, rowsOut, ...(learned !== undefined && { learned }) };
}

async function scopeOf(
  database: Database,
  others: Readonly<Record<string, readonly Column[]>>,
): Promise<StepScope> {
  const all = await database.columns("data");
  const isSplit = all.some(({ name }) => name === testMark);
  return {
    columns: all.filter(({ name }) => name !== testMark),
    hidden: isSplit ? `, ${identifier(testMark)}` : "",
    other: (name) => (Object.hasOwn(others, name) ? others[name] : undefined),
    otherNames: Object.keys(others),
    learn: (select, rest = "") =>
      database.rows(`SELECT ${select} FROM data WHERE ${isSplit ? `NOT ${testMark}` : "true"} ${rest}`),
  };
}

function problemsOf(
  step: DataStep<unknown>,
  parameters: unknown,
  scope: StepScope,
  prefix: string,
  promises: readonly ((column: string) => boolean)[],
): Problem[] {
  const problems: Problem[] = [];
  const report = (path: string, message: string) =>
    problems.push({ path: path === "" ? prefix : `${prefix}.${path}`, message });
  const checks: StepChecks = {
    report,
    column(path, name, kinds) {
      const column = scope.columns.find((each) => each.name === name);
      if (column === undefined) {
        // Whether it is wrong shows only once the step before is right.
        if (!promises.some((promise) => promise(name))) report(path, unknownColumn(name, scope.columns));
        return undefined;
      }
      if (kinds === undefined || kinds.includes(kindOf(column))) return column;
      report(path, `"${name}" is ${column.type}; wanted is a column of ${kinds.join(" or ")}`);
      return undefined;
    },
  };
  step.check(parameters, scope, checks);
  return problems;
}

function named(error: unknown, index: number, name: string): unknown {
  if (!(error instanceof ApiError)) return error;
  return new ApiError(`steps[${index}].${name}: ${error.message}`, {
    status: error.status,
    code: error.code,
    cause: error,
  });
}
