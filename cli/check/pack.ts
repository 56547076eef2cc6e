import analyzer from "@pulumi/pulumi/proto/analyzer_pb.js";
import structs from "google-protobuf/google/protobuf/struct_pb.js";
import type { Properties } from "../../simulator/values.ts";

export type RuleLevel = "advisory" | "mandatory" | "disabled" | "remediate";
export type Severity = "low" | "medium" | "high" | "critical";

/** In the order of the protocol's numbers. */
const levels: readonly RuleLevel[] = ["advisory", "mandatory", "disabled", "remediate"];
const severities: readonly (Severity | undefined)[] = [undefined, "low", "medium", "high", "critical"];

export interface Rule {
  name: string;
  description: string;
  level: RuleLevel;
  severity: Severity | undefined;
  /** How to comply. */
  fix: string | undefined;
  /** The controls of a framework that it stands for. */
  framework: { name: string; version: string; reference: string } | undefined;
  url: string | undefined;
  /** What its configuration may hold: JSON Schema by property, and which of them it must have. */
  configuration: { properties: Record<string, Properties>; required: string[] } | undefined;
}

/** What a pack says about itself. */
export interface PackInfo {
  name: string;
  version: string;
  rules: Rule[];
  /** Configuration that the pack brings along, by rule. */
  initial: Map<string, RuleConfiguration>;
}

/** What a rule is configured with. */
export interface RuleConfiguration {
  level: RuleLevel | undefined;
  properties: Properties;
}

/** What a rule found. */
export interface Diagnostic {
  rule: string;
  /** Mandatory fails an update. */
  level: "advisory" | "mandatory";
  severity: Severity | undefined;
  /** The rule's own words, without its description. */
  message: string;
  /** URN; undefined where the stack as a whole is meant. */
  urn: string | undefined;
}

export function packInfoOf(info: analyzer.AnalyzerInfo): PackInfo {
  const initial = [...info.getInitialconfigMap().entries()].map(
    ([name, config]): [string, RuleConfiguration] => [
      name,
      { level: levelOf(config.getEnforcementlevel()), properties: plain(config.getProperties()) },
    ],
  );
  return {
    name: info.getName(),
    version: info.getVersion(),
    rules: info.getPoliciesList().map(ruleOf),
    initial: new Map(initial),
  };
}

function ruleOf(policy: analyzer.PolicyInfo): Rule {
  const framework = policy.getFramework();
  const schema = policy.getConfigschema();
  return {
    name: policy.getName(),
    description: policy.getDescription(),
    level: levelOf(policy.getEnforcementlevel()),
    severity: severities[policy.getSeverity()],
    fix: policy.getRemediationSteps() || undefined,
    framework: framework && {
      name: framework.getName(),
      version: framework.getVersion(),
      reference: framework.getReference(),
    },
    url: policy.getUrl() || undefined,
    configuration: schema && {
      properties: plain(schema.getProperties()) as Record<string, Properties>,
      required: schema.getRequiredList(),
    },
  };
}

/** @param urn of the resource that was analyzed, for a rule that names no other. */
export function diagnosticOf(message: analyzer.AnalyzeDiagnostic, urn: string | undefined): Diagnostic {
  const description = message.getDescription();
  const text = message.getMessage();
  return {
    rule: message.getPolicyname(),
    level: message.getEnforcementlevel() === analyzer.EnforcementLevel.ADVISORY ? "advisory" : "mandatory",
    severity: severities[message.getSeverity()],
    // The SDK puts the description in front.
    message: text.startsWith(`${description}\n`) ? text.slice(description.length + 1) : text,
    urn: message.getUrn() || urn,
  };
}

export function configurationMessage({ level, properties }: RuleConfiguration): analyzer.PolicyConfig {
  const message = new analyzer.PolicyConfig();
  message.setEnforcementlevel(levels.indexOf(level ?? "advisory") as analyzer.EnforcementLevel);
  message.setProperties(structs.Struct.fromJavaScript(properties));
  return message;
}

export function isLevel(value: unknown): value is RuleLevel {
  return levels.some((level) => level === value);
}

function levelOf(level: number): RuleLevel {
  return levels[level] ?? "mandatory";
}

function plain(struct: structs.Struct | undefined): Properties {
  return (struct?.toJavaScript() ?? {}) as Properties;
}
