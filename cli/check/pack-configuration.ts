import { readFileSync } from "node:fs";
import { z } from "zod";
import { nearestName } from "../../runtime/nearest-name.ts";
import type { Properties } from "../../simulator/values.ts";
import { CannotRun } from "../output.ts";
import { isLevel, type PackInfo, type RuleConfiguration } from "./pack.ts";

type Configuration = Map<string, RuleConfiguration>;

/**
 * Reads what `pulumi --policy-pack-config` reads: by rule (or `all`) a level, or an object of properties with
 * `enforcementLevel` among them.
 * @throws CannotRun with every problem.
 */
export function readPackConfiguration(file: string): Configuration {
  const document = readDocument(file);
  const problems: string[] = [];
  const entries = Object.entries(document).map(([rule, value]): [string, RuleConfiguration] => {
    const given = typeof value === "string" ? { enforcementLevel: value } : value;
    if (typeof given !== "object" || given === null || Array.isArray(given)) {
      problems.push(`${rule}: must be a level or an object`);
      return [rule, { level: undefined, properties: {} }];
    }
    const { enforcementLevel: level, ...properties } = given;
    if (level !== undefined && !isLevel(level))
      problems.push(
        `${rule}: ${JSON.stringify(level)} is no level: use advisory, mandatory, remediate or disabled`,
      );
    return [rule, { level: isLevel(level) ? level : undefined, properties }];
  });
  if (problems.length > 0) throw wrong(file, problems);
  return new Map(entries);
}

/**
 * The configuration of every rule: its defaults, then what the pack brings along, then what the user gives. The
 * engine does this, not the SDK (pkg/resource/analyzer/config.go in pulumi/pulumi 3.259).
 * @param file where the user's comes from, for messages.
 * @throws CannotRun with every rule that is not there and every value against a rule's schema.
 */
export function completeConfiguration(pack: PackInfo, given: Configuration, file: string): Configuration {
  const defaults = pack.rules.map((rule): [string, RuleConfiguration] => [
    rule.name,
    { level: rule.level, properties: defaultsOf(rule.configuration?.properties ?? {}) },
  ]);
  const complete = [pack.initial, given].reduce(applied, new Map(defaults));
  const problems = [
    ...unknownRules(pack, given),
    ...pack.rules.flatMap((rule) => violations(rule, complete)),
  ];
  if (problems.length > 0) throw wrong(file, problems);
  return complete;
}

function readDocument(file: string): Record<string, string | Properties> {
  let document: unknown;
  try {
    document = JSON.parse(readFileSync(file, "utf8"));
  } catch (error) {
    throw new CannotRun(`cannot read the policy configuration ${file}: ${(error as Error).message}`);
  }
  if (typeof document !== "object" || document === null || Array.isArray(document))
    throw wrong(file, ["must be an object of rules"]);
  return document as Record<string, string | Properties>;
}

function defaultsOf(schema: Record<string, Properties>): Properties {
  const entries = Object.entries(schema).filter(([, property]) => property.default !== undefined);
  return Object.fromEntries(entries.map(([name, property]) => [name, property.default ?? null]));
}

function applied(base: Configuration, given: Configuration): Configuration {
  const result = new Map(base);
  const all = given.get("all")?.level;
  if (all !== undefined) for (const [name, rule] of result) result.set(name, { ...rule, level: all });
  for (const [name, rule] of given) {
    if (name === "all") continue;
    const before = result.get(name);
    const properties = { ...before?.properties, ...rule.properties };
    result.set(name, { level: rule.level ?? before?.level, properties });
  }
  return result;
}

/** The engine passes over these: a misspelt rule would then be thought to be configured. */
function unknownRules({ rules }: PackInfo, given: Configuration): string[] {
  const names = rules.map(({ name }) => name);
  return [...given.keys()]
    .filter((name) => name !== "all" && !names.includes(name))
    .map((name) => {
      const nearest = nearestName(name, names);
      return `${name}: is no rule of this pack${nearest === undefined ? "" : `; did you mean ${nearest}?`}`;
    });
}

function violations({ name, configuration }: PackInfo["rules"][number], complete: Configuration): string[] {
  if (configuration === undefined) return [];
  const schema = z.fromJSONSchema({ type: "object", ...configuration } as Parameters<
    typeof z.fromJSONSchema
  >[0]);
  const parsed = schema.safeParse(complete.get(name)?.properties ?? {});
  return (parsed.error?.issues ?? []).map(
    ({ path, message }) => `${[name, ...path.map(String)].join(".")}: ${message}`,
  );
}

function wrong(file: string, problems: string[]): CannotRun {
  return new CannotRun(
    `wrong policy configuration in ${file}:\n${problems.map((problem) => `  ${problem}`).join("\n")}`,
  );
}
