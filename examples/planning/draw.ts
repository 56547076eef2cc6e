import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { parse } from "yaml";
import { ganttSvg } from "../../runtime/planning/answer/gantt-svg.ts";
import { makePlan } from "../../runtime/planning/make-plan.ts";

const folder = import.meta.dirname;

/** Examples with a picture, and its title. */
export const pictured = {
  "customer-service": "Customer service: clean, train, serve",
  executor: "Four tasks on one executor",
  unequal: "Unequal times, an order, and a deadline",
};

/** The picture of an example's best plan. */
export async function picture(name: keyof typeof pictured): Promise<string> {
  const problem = parse(readFileSync(join(folder, `${name}.yaml`), "utf8"));
  return ganttSvg(await makePlan(problem, { strategy: "dynamic-programming" }), { title: pictured[name] });
}

if (import.meta.main)
  for (const name of Object.keys(pictured) as (keyof typeof pictured)[])
    writeFileSync(join(folder, `${name}.svg`), await picture(name));
