import { invalidInput, type Problem } from "../../errors.ts";
import type { PoolAmounts } from "../admission/amounts.ts";
import { parseBytes, parseCores } from "../resources.ts";

const allowed = "cpu=4, memory=16Gi, storage=100Gi, network=500, gpu=2 or gpu/TYPE=2";

/**
 * What there is, written as `cpu=4,memory=16Gi,gpu/l4=2`.
 * @throws ApiError `invalid-capacity` (400) with everything that is wrong
 */
export function parseCapacity(text: string): PoolAmounts {
  const capacity: PoolAmounts = { gpus: {} };
  const problems: Problem[] = [];
  for (const part of text.split(",").map((each) => each.trim())) {
    const [name = "", amount = ""] = part.split("=").map((each) => each.trim());
    const value = parseAmount(name, amount);
    if (value === undefined)
      problems.push({
        path: "capacity",
        message: `"${part}" is not understood; write for example ${allowed}`,
      });
    else if (name === "gpu") capacity.gpus.other = value;
    else if (name.startsWith("gpu/")) capacity.gpus[name.slice(4)] = value;
    else capacity[name as "cpu" | "memory" | "storage" | "network"] = value;
  }
  if (problems.length > 0) throw invalidInput("invalid-capacity", problems, "capacity");
  return capacity;
}

function parseAmount(name: string, amount: string): number | undefined {
  if (name === "cpu") return parseCores(amount);
  if (name === "memory" || name === "storage") return parseBytes(amount);
  const isNumber = /^\d+(\.\d+)?$/.test(amount);
  if (name === "network") return isNumber ? Number(amount) : undefined;
  return /^gpu(\/.+)?$/.test(name) && /^\d+$/.test(amount) ? Number(amount) : undefined;
}
