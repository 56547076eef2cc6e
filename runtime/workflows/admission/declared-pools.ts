import { ApiError, invalidInput, type Problem } from "../../errors.ts";
import { parseCapacity } from "../run-plan/parse-capacity.ts";
import { namePattern } from "../schema-parts.ts";
import type { PoolAmounts } from "./amounts.ts";

/** The pool of tasks that name none. */
export const defaultPool = "default";

/**
 * What pools have, as a person declares it: `cpu=4,memory=16Gi,gpu/l4=2` for the default pool, further pools behind
 * semicolons with their names: `cpu=4; farm: gpu/h100=8,network=10000`.
 * @throws ApiError `invalid-capacity` (400) with everything that is wrong
 */
export function parseDeclaredPools(text: string): Map<string, PoolAmounts> {
  const pools = new Map<string, PoolAmounts>();
  const problems: Problem[] = [];
  for (const part of text.split(";").filter((each) => each.trim() !== "")) {
    const colon = part.indexOf(":");
    const name = colon < 0 ? defaultPool : part.slice(0, colon).trim();
    if (!namePattern.test(name))
      problems.push({ path: "capacity", message: `"${name}" is no name of a pool` });
    if (pools.has(name)) problems.push({ path: "capacity", message: `pool ${name} is declared twice` });
    pools.set(name, amountsOf(part.slice(colon + 1), problems));
  }
  if (problems.length > 0) throw invalidInput("invalid-capacity", problems, "capacity");
  return pools;
}

/** What is wrong with it, each with what is allowed; none: nothing. */
export function declaredPoolsProblems(text: string): string[] {
  try {
    parseDeclaredPools(text);
    return [];
  } catch (error) {
    if (!(error instanceof ApiError)) throw error;
    return error.problems.map(({ message }) => message);
  }
}

function amountsOf(text: string, problems: Problem[]): PoolAmounts {
  try {
    return parseCapacity(text);
  } catch (error) {
    problems.push(...((error as { problems?: Problem[] }).problems ?? []));
    return { gpus: {} };
  }
}
