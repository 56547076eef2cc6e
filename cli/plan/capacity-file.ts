import { dirname, resolve } from "node:path";
import { z } from "zod";
import { invalidInput } from "../../runtime/errors.ts";
import {
  type CapacityRequest,
  capacityRequestSchema,
} from "../../runtime/planning/capacity-planning/capacity-request.ts";
import { readPlanFile, readYaml } from "./plan-file.ts";
import { priceOffers } from "./price-offers.ts";

/** Of workflows, where nodes are what is looked for: enough of everything that nodes bring. */
const ample = "cpu=1000000,memory=1000Ti,storage=1000Ti,gpu=1000000";

const workload = z.union(
  [
    z.strictObject({ file: z.string(), perDay: z.unknown(), deadline: z.unknown().optional() }),
    z.strictObject({ problem: z.unknown(), perDay: z.unknown(), deadline: z.unknown().optional() }),
  ],
  { error: "must have perDay, and either file (of a problem or a workflow) or problem" },
);

const capacityFile = z.looseObject({
  workloads: z.record(z.string(), workload),
  /** Cloud → region. */
  clouds: z.record(z.string(), z.string()).optional(),
  spot: z.boolean().optional(),
});

/**
 * A file of workloads, with the offers of the price tables.
 * @throws CannotRun, ApiError `invalid-capacity-request` (400) with everything that is wrong
 */
export async function readCapacityFile(file: string): Promise<CapacityRequest> {
  const { workloads, clouds, spot, ...rest } = parsed(capacityFile, readYaml(file).value);
  const withProblems: Record<string, object> = {};
  for (const [name, each] of Object.entries(workloads))
    if ("file" in each) {
      const { file: other, ...more } = each;
      const path = resolve(dirname(file), other);
      withProblems[name] = { ...more, problem: (await readAny(path)) as object };
    } else withProblems[name] = each;
  const offers = "offers" in rest ? rest.offers : priceOffers({ clouds, spot });
  return parsed(capacityRequestSchema, { ...rest, workloads: withProblems, offers });
}

async function readAny(path: string): Promise<unknown> {
  const value = readYaml(path).value as { tasks?: Record<string, object> } | null;
  const isWorkflow = Object.values(value?.tasks ?? {}).some((task) => "uses" in (task ?? {}));
  return (await readPlanFile(path, isWorkflow ? ample : undefined)).problem;
}

function parsed<Schema extends z.ZodType>(schema: Schema, value: unknown): z.infer<Schema> {
  const result = schema.safeParse(value ?? {});
  if (result.success) return result.data;
  const problems = result.error.issues.map(({ path, message }) => ({ path: path.join("."), message }));
  throw invalidInput("invalid-capacity-request", problems, "capacity file");
}
