import highsModule, { type Highs, type Model } from "highs";

// The package's types describe its CommonJS form, where the function is a member; the module itself is the function.
const loadHighs = highsModule as unknown as typeof highsModule.default;

/** A variable with its bounds (infinite where there is none) and what one unit of it adds to the objective. */
export interface Variable {
  cost: number;
  lower: number;
  upper: number;
  /** Default: any real number. */
  isInteger?: boolean;
}

/** `lower ≤ Σ coefficient × variable ≤ upper`; a variable stands at most once in it. */
export interface Constraint {
  lower: number;
  upper: number;
  /** Index of the variable, coefficient. */
  terms: readonly (readonly [number, number])[];
}

/** Minimise Σ cost × variable. */
export interface LinearProgram {
  variables: readonly Variable[];
  constraints: readonly Constraint[];
}

export interface SolveOptions {
  /** Seconds after which the best that was found is taken. Default: no limit. */
  seconds?: number | undefined;
  /** Asked now and then during a search over integers; true ends it. */
  shouldStop?: (() => boolean) | undefined;
  /** Values to begin from, one for each variable, as found by another strategy. */
  start?: ArrayLike<number> | undefined;
}

export interface LinearSolution {
  /** `feasible`: the time was up or the search was stopped before the optimum was proven. */
  status: "optimal" | "feasible";
  objective: number;
  /** No solution is below this; equals `objective` where optimal. */
  bound: number;
  values: Float64Array;
  /** Of each constraint, what one unit more on its binding side changes in the objective; of a continuous program only. */
  duals: Float64Array | undefined;
}

export type LinearAnswer =
  | LinearSolution
  /** No values satisfy all constraints and bounds. */
  | { status: "infeasible" }
  /** Stopped before any solution was found. */
  | { status: "unknown"; bound: number };

/** Relative distance between the best solution and the bound at which an integer program counts as optimal. */
const integerGap = 1e-9;

let loading: Promise<Highs> | undefined;

/**
 * Solves by HiGHS (simplex for continuous programs, branch and cut for those with integers; Q. Huangfu and J. A. J. Hall,
 * Parallelizing the dual revised simplex method, 2018), compiled to WebAssembly: on this thread, one at a time.
 */
export async function solveLinearProgram(
  program: LinearProgram,
  options: SolveOptions = {},
): Promise<LinearAnswer> {
  loading ??= loadHighs();
  const highs = await loading;
  const model = highs.createModel(modelData(program));
  try {
    return run(highs, model, program, options);
  } finally {
    // The memory belongs to the WebAssembly module: no garbage collector frees it.
    model.dispose();
  }
}

function run(highs: Highs, model: Model, program: LinearProgram, options: SolveOptions): LinearAnswer {
  const { shouldStop, start, seconds } = options;
  model.options.set({ output_flag: false, mip_rel_gap: integerGap, mip_abs_gap: integerGap });
  // Of 1,000 small integer programs HiGHS 1.15 gives one a wrong optimum with presolve, and none without.
  if (program.variables.some(({ isInteger }) => isInteger)) model.options.set("presolve", "off");
  if (seconds !== undefined) model.options.set("time_limit", seconds);
  if (start !== undefined) model.setSolution({ colValue: Float64Array.from(start) });
  const { mipInterrupt } = highs.constants.callbackType;
  model.run(
    shouldStop === undefined
      ? undefined
      : {
          [mipInterrupt]: (event) => {
            if (shouldStop()) event.interrupt();
            return undefined;
          },
        },
  );
  return answer(highs, model, program);
}

function answer(highs: Highs, model: Model, program: LinearProgram): LinearAnswer {
  const { modelStatus, solutionStatus } = highs.constants;
  const status = model.getModelStatus();
  const isInteger = program.variables.some((variable) => variable.isInteger);
  if (status === modelStatus.infeasible) return { status: "infeasible" };
  // Presolve may not tell the two apart; no program of the planner has an objective without a lower end.
  if (status === modelStatus.unboundedOrInfeasible) return { status: "infeasible" };
  const isOptimal = status === modelStatus.optimal;
  const bound = isInteger ? Number(model.info.get("mip_dual_bound")) : Number.NEGATIVE_INFINITY;
  if (model.info.get("primal_solution_status") !== solutionStatus.feasible) {
    // A program without variables is optimal, and has no solution that could be looked at.
    if (isOptimal || status === modelStatus.empty)
      return {
        status: "optimal",
        objective: 0,
        bound: 0,
        values: new Float64Array(program.variables.length),
        duals: undefined,
      };
    return { status: "unknown", bound };
  }
  const { colValue, rowDual } = model.getSolution();
  const objective = model.getObjectiveValue();
  return {
    status: isOptimal ? "optimal" : "feasible",
    objective,
    bound: isOptimal ? objective : bound,
    values: colValue,
    duals: isInteger || !isOptimal ? undefined : rowDual,
  };
}

function modelData({ variables, constraints }: LinearProgram) {
  const size = constraints.reduce((sum, { terms }) => sum + terms.length, 0);
  const starts = new Int32Array(constraints.length + 1);
  const indices = new Int32Array(size);
  const values = new Float64Array(size);
  let position = 0;
  for (const [row, { terms }] of constraints.entries()) {
    for (const [variable, coefficient] of terms) {
      indices[position] = variable;
      values[position] = coefficient;
      position += 1;
    }
    starts[row + 1] = position;
  }
  return {
    numCols: variables.length,
    numRows: constraints.length,
    colCost: Float64Array.from(variables, ({ cost }) => cost),
    colLower: Float64Array.from(variables, ({ lower }) => lower),
    colUpper: Float64Array.from(variables, ({ upper }) => upper),
    rowLower: Float64Array.from(constraints, ({ lower }) => lower),
    rowUpper: Float64Array.from(constraints, ({ upper }) => upper),
    matrix: {
      format: "csr" as const,
      numRows: constraints.length,
      numCols: variables.length,
      starts,
      indices,
      values,
    },
    ...(variables.some(({ isInteger }) => isInteger) && {
      integrality: Int32Array.from(variables, ({ isInteger }) => (isInteger ? 1 : 0)),
    }),
  };
}
