import { z } from "zod";
import { nearestName } from "./nearest-name.ts";

const integer = (minimum: number, maximum: number, what: string) =>
  z
    .string()
    .refine((text) => /^\d+$/.test(text) && Number(text) >= minimum && Number(text) <= maximum, {
      message: `must be ${what}: a whole number from ${minimum} to ${maximum}`,
    })
    .transform(Number);

const oneOf = <const Names extends readonly string[]>(names: Names) =>
  z.enum(names, { error: `must be one of ${names.join(", ")}` });

const boolean = z
  .enum(["true", "false"], { error: "must be true or false" })
  .transform((text) => text === "true");

/** Every setting of a stack, as text, which is what the engine passes on; defaults are in Pulumi.yaml. */
const schema = {
  cloud: oneOf(["local", "aws", "azure", "gcp", "existing"]),
  environment: oneOf(["development", "staging", "production"]),
  port: integer(1024, 65_000, "the first of six ports in a row"),
  inferenceWorkers: integer(1, 64, "a number of worker threads"),
  logLevel: oneOf(["trace", "debug", "info", "warn", "error", "silent"]),
  queueConcurrency: integer(1, 256, "a number of messages"),
  drainSeconds: integer(0, 3600, "a number of seconds"),
  maximumDeliveries: integer(1, 1000, "a number of deliveries"),
  visibilitySeconds: integer(1, 43_200, "a number of seconds"),
  examples: boolean,
  token: z.string().min(16, "must be a secret of at least 16 characters").optional(),
};

const shape = z.object(schema);
export type StackConfiguration = z.infer<typeof shape>;

/**
 * The settings of the stack from the engine's map of `project:key` to text.
 * @param file where the user set them, for messages.
 * @throws Error with every problem at once: key, file, what is allowed.
 */
export function readConfiguration(
  values: Record<string, string>,
  secretKeys: string[],
  file: string,
): StackConfiguration {
  const own = Object.entries(values).filter(([key]) => key.startsWith("skyloom:"));
  const named = Object.fromEntries(own.map(([key, value]) => [key.slice("skyloom:".length), value]));
  const parsed = shape.safeParse(named);
  const problems = [
    ...Object.keys(named).flatMap(unknownKeyProblem),
    ...(parsed.success ? [] : parsed.error.issues).map(
      ({ path: [key], message }) =>
        `skyloom:${String(key)}: ${message}${currentValue(named[String(key)], key)}`,
    ),
    ...(named.token !== undefined && !secretKeys.includes("skyloom:token")
      ? ["skyloom:token: must be a secret: pulumi config set --secret token"]
      : []),
  ];
  if (parsed.success && problems.length === 0) return parsed.data;
  throw new Error(`wrong configuration in ${file}:\n${problems.map((problem) => `  ${problem}`).join("\n")}`);
}

function unknownKeyProblem(key: string): string[] {
  const known = Object.keys(schema);
  if (known.includes(key)) return [];
  const nearest = nearestName(key, known);
  const hint = nearest === undefined ? "" : `; did you mean skyloom:${nearest}?`;
  return [
    `skyloom:${key}: is no setting${hint} Known are ${known.join(", ")}`.replace(
      "setting Known",
      "setting. Known",
    ),
  ];
}

/** A secret is never shown. */
function currentValue(value: string | undefined, key: PropertyKey | undefined): string {
  if (key === "token") return "";
  return value === undefined ? " (it is not set)" : `, not ${JSON.stringify(value)}`;
}
