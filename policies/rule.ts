import type {
  PolicyComplianceFramework,
  PolicyResource,
  ResourceValidationArgs,
  Severity,
} from "@pulumi/policy";
import type { SettingName, Settings } from "./configuration/settings.ts";
import type { WaiverBook } from "./waivers/waiver-book.ts";

/** Properties of a resource. Reading one that a preview does not know yet throws: see unknown-values.ts. */
export type Properties = ResourceValidationArgs["props"];

/** What all rules have; to-policy.ts makes of them what the SDK serves. */
interface RuleDescription {
  /** What it is about, one of the verbs of test/policies/policies.test.ts, and what is wanted: `kms-enable-key-rotation`. */
  name: string;
  /** What holds for a resource that complies. */
  description: string;
  severity: Severity;
  /** Default: mandatory. `remediate` for a rule that only mends. */
  enforcementLevel?: "advisory" | "mandatory" | "remediate";
  /** Where a benchmark asks for it. */
  framework?: PolicyComplianceFramework;
  /** How to comply. */
  remediationSteps: string;
  /** The settings that it reads, and so can be given for it alone. Default: none. */
  settings?: readonly SettingName[];
}

/** Looks at one resource, at what the program asks for. */
export interface ResourceRule extends RuleDescription {
  /** Type tokens, `*` standing for any text: `kubernetes:*:Deployment`. */
  types: readonly string[];
  check?(resource: CheckedResource, report: (message: string) => void): void;
  /** Mends the properties in place where level `remediate` is configured. @returns whether it changed them. */
  remediate?(resource: CheckedResource): boolean;
}

/** Looks at all resources together, at what they became. */
export interface StackRule extends RuleDescription {
  /** Without a resource, the violation is the stack's. */
  checkStack(stack: CheckedStack, report: (message: string, resource?: PolicyResource) => void): void;
}

export type Rule = ResourceRule | StackRule;

export interface CheckedResource {
  type: string;
  name: string;
  props: Properties;
  settings: Settings;
  /** Of the provider that makes it; empty where it is not known. */
  providerProps: Properties;
}

export interface CheckedStack {
  resources: readonly PolicyResource[];
  /** All whose type is one of these patterns. */
  all(...types: string[]): PolicyResource[];
  /**
   * What the program asks for. `props` are what became of it: a preview knows nothing of what the provider computes
   * where the program is silent.
   */
  asked(resource: PolicyResource): Properties;
  /** Checks each, though another cannot be looked at yet. */
  each(resources: readonly PolicyResource[], check: (resource: PolicyResource) => void): void;
  waivers: WaiverBook;
  settings: Settings;
}

export function isStackRule(rule: Rule): rule is StackRule {
  return "checkStack" in rule;
}
