import { z } from "zod";
import { environments, type GivenSettings, givenSettings, type Settings, withDefaults } from "./settings.ts";

/** `skyloom:policies` of a stack: settings of all rules, and the waivers' file. */
export const stackPolicies = givenSettings.extend({
  withoutPack: z
    .string()
    .min(10, "must be a reason of at least 10 characters")
    .describe("Why a production stack may come up without a policy pack")
    .optional(),
  waivers: z.string().min(1).describe("YAML file, from the folder of Pulumi.yaml").optional(),
});

/** What the pack learns about the stack that it is asked about. */
export interface StackFacts {
  /** Undefined where nobody says. */
  stack: string | undefined;
  project: string | undefined;
  /** The stack's configuration, `namespace:key` to text. */
  configuration: Record<string, string>;
}

/** From the environment, in which older engines give a policy pack the stack's own configuration. */
export function readStackFacts(environment: Record<string, string | undefined>): StackFacts {
  const text = environment.PULUMI_CONFIG;
  return {
    stack: environment.PULUMI_STACK || environment.PULUMI_NODEJS_STACK || undefined,
    project: environment.PULUMI_PROJECT || environment.PULUMI_NODEJS_PROJECT || undefined,
    configuration: text ? JSON.parse(text) : {},
  };
}

/**
 * `skyloom:policies` of the stack's configuration.
 * @throws Error that names every wrong setting.
 */
export function readStackPolicies({ configuration }: StackFacts): z.infer<typeof stackPolicies> {
  const text = configuration["skyloom:policies"];
  if (text === undefined || text === "") return {};
  const parsed = stackPolicies.safeParse(parseJson(text));
  if (parsed.success) return parsed.data;
  const problems = parsed.error.issues.map(
    ({ path, message }) => `  skyloom:${["policies", ...path].join(".")}: ${message}`,
  );
  throw new Error(`wrong configuration of the policies:\n${problems.join("\n")}`);
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

/**
 * Makes a rule's settings: its own configuration wins over the stack's `skyloom:policies`, which wins over the
 * environment's defaults. Where nobody says how the stack is used, it is held to production.
 */
export function settingsResolver(facts: StackFacts, policies: GivenSettings = {}) {
  return (own: GivenSettings, stackTags: ReadonlyMap<string, string>): Settings => {
    const given = { ...policies, ...own };
    const environment = given.environment ?? environmentOf(facts, stackTags);
    return withDefaults({ ...given, environment });
  };
}

export type SettingsResolver = ReturnType<typeof settingsResolver>;

function environmentOf({ configuration, project }: StackFacts, stackTags: ReadonlyMap<string, string>) {
  const candidates = [
    configuration["skyloom:environment"],
    configuration[`${project}:environment`],
    stackTags.get("environment"),
  ];
  return (
    environments.find((known) => known === candidates.find((each) => each !== undefined)) ?? "production"
  );
}
