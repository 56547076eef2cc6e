import type { GivenSettings } from "../../policies/configuration/settings.ts";
import { settingsResolver } from "../../policies/configuration/stack-settings.ts";
import { isStackRule, type ResourceRule, type Rule, type StackRule } from "../../policies/rule.ts";
import { toPolicy } from "../../policies/to-policy.ts";
import type { Waiver } from "../../policies/waivers/waiver.ts";
import { WaiverBook } from "../../policies/waivers/waiver-book.ts";
import {
  type AnalyzedResource,
  analyzeResource,
  analyzeStack,
  type Diagnostic,
  resourceOf,
  urnOf,
} from "./analyze.ts";

/** Resources that a rule is tried on, and what it is told. */
export class Case {
  readonly resources: FixtureResource[];
  readonly settings: GivenSettings;

  constructor(resources: FixtureResource[], settings: GivenSettings = {}) {
    this.resources = resources;
    this.settings = settings;
  }
}

export interface FixtureResource extends AnalyzedResource {
  /** What the program asks for, where that is not what became of it. */
  asked?: object;
}

/** One resource of a type, where it is not the fixture's usual one or more is to be said. */
export function on(
  type: string,
  properties: object,
  { provider, ...settings }: GivenSettings & { provider?: object } = {},
): Case {
  return new Case([{ ...resourceOf(type, properties), ...(provider && { provider }) }], settings);
}

/** Several resources together. */
export function stackOf(resources: FixtureResource[], settings: GivenSettings = {}): Case {
  return new Case(resources, settings);
}

/** @param on by property, the resources that it comes from, as `[type, name]`. */
export function resource(
  [type, name]: readonly [string, string],
  properties: object,
  on: Record<string, readonly (readonly [string, string])[]> = {},
): FixtureResource {
  const urns = Object.entries(on).map(([property, targets]): [string, string[]] => [
    property,
    targets.map(([type, name]) => urnOf(type, name)),
  ]);
  return {
    ...resourceOf(type, properties, name),
    propertyDependencies: Object.fromEntries(urns),
    dependencies: urns.flatMap(([, targets]) => targets),
  };
}

type Cases = Record<string, Case>;

export interface Fixture {
  rule: Rule;
  compliant: Cases;
  violating: Cases;
  /** Nothing can be said yet. */
  unknown: Cases;
}

interface Given {
  compliant: Record<string, object>;
  violating: Record<string, object>;
  unknown: Record<string, object>;
}

/** @param given a Case each, or the properties of one resource of the first type of the rule. */
export function fixture(rule: Rule, given: Given): Fixture {
  const cases = (some: Record<string, object>): Cases =>
    Object.fromEntries(Object.entries(some).map(([what, each]) => [what, asCase(rule, each)]));
  return {
    rule,
    compliant: cases(given.compliant),
    violating: cases(given.violating),
    unknown: cases(given.unknown),
  };
}

function asCase(rule: Rule, given: object): Case {
  if (given instanceof Case) return given;
  if (isStackRule(rule)) throw new Error(`${rule.name} looks at whole stacks: give stackOf([…])`);
  return on(exampleType(rule), given);
}

/** The rule's first type, as a resource has it. */
function exampleType({ types }: ResourceRule): string {
  const [pattern = ""] = types;
  return pattern
    .replace("azure-native*:", "azure-native:")
    .replace(/\*:/, ":")
    .replace("kubernetes::", "kubernetes:apps/v1:");
}

/** What the SDK reports of the case under this rule alone. */
export async function run(
  rule: Rule,
  { resources, settings }: Case,
  waivers: Waiver[] = [],
): Promise<Diagnostic[]> {
  const facts = { stack: "stack", project: "project", configuration: {} };
  const context = {
    settings: settingsResolver(facts, settings),
    waivers: new WaiverBook(waivers, "stack", new Date("2026-06-15T12:00:00Z")),
    asked: new Map(resources.flatMap(({ urn, asked }) => (asked ? [[urn, asked] as const] : []))),
  };
  const policies = [toPolicy(rule, context)];
  if (!isStackRule(rule)) return await analyzeResource(policies, resources[0] as FixtureResource);
  const root = resource(["pulumi:pulumi:Stack", "project-stack"], {});
  return await analyzeStack(policies, [root, ...resources]);
}

export type { StackRule };
