import { createHash } from "node:crypto";
import type { Rule, Severity } from "../pack.ts";
import type { CheckReport, StackReport } from "../report.ts";
import type { Location, NotChecked, ResourceName, Violation } from "../stack-result.ts";
import { resourceText } from "./resource-text.ts";

/** SARIF 2.1.0 (OASIS): one run a stack, told apart by its category, as code scanning wants it. */
export function sarifReport({ pack, stacks }: CheckReport): object {
  const driver = {
    name: "skyloom check",
    semanticVersion: pack.version,
    rules: pack.rules.map(ruleDescriptor),
  };
  return {
    $schema: "https://json.schemastore.org/sarif-2.1.0.json",
    version: "2.1.0",
    runs: stacks.map((stack) => ({
      tool: { driver },
      automationDetails: { id: `skyloom-check/${stack.stack}/` },
      columnKind: "utf16CodeUnits",
      invocations: [
        { executionSuccessful: true, toolExecutionNotifications: stack.notChecked.map(notification) },
      ],
      results: results(stack, pack.rules),
    })),
  };
}

/** As code scanning reads `security-severity`: over 9.0 critical, 7.0 high, 4.0 medium. */
const scores: Record<Severity, string> = { critical: "9.5", high: "8.0", medium: "5.5", low: "2.0" };

function ruleDescriptor(rule: Rule): object {
  const { name, description, fix, framework, severity, url } = rule;
  const reference = framework && `${framework.name} ${framework.version} ${framework.reference}`.trim();
  return {
    id: name,
    shortDescription: { text: description },
    ...(fix !== undefined && { help: { text: fix, markdown: fix } }),
    ...(url !== undefined && { helpUri: url }),
    defaultConfiguration: {
      enabled: rule.level !== "disabled",
      level: rule.level === "advisory" ? "warning" : "error",
    },
    properties: {
      tags: ["security", ...(reference === undefined ? [] : [reference])],
      ...(severity !== undefined && { "security-severity": scores[severity] }),
    },
  };
}

function results(stack: StackReport, rules: Rule[]): object[] {
  const found = (
    violation: Pick<Violation, "rule" | "resource" | "location">,
    text: string,
    level: string,
  ) => ({
    ruleId: violation.rule,
    ...indexOf(violation.rule, rules),
    level,
    message: { text },
    ...locations(violation.location, violation.resource),
    partialFingerprints: { "skyloom/v1": fingerprint(stack.stack, violation) },
  });
  return [
    ...stack.violations.map((each) =>
      found(each, textOf(each), each.level === "mandatory" ? "error" : "warning"),
    ),
    ...stack.waivers.map((each) => ({
      ...found({ ...each, location: undefined }, `${resourceText(each.resource)}: ${each.message}`, "note"),
      suppressions: [
        {
          kind: "external",
          status: "accepted",
          justification: `${each.reason} (${each.owner}, until ${each.expires})`,
        },
      ],
    })),
  ];
}

function textOf({ resource, message, fix }: Violation): string {
  return `${resourceText(resource)}: ${message}${fix === undefined ? "" : `\nFix: ${fix}`}`;
}

function indexOf(rule: string, rules: Rule[]): { ruleIndex?: number } {
  const ruleIndex = rules.findIndex(({ name }) => name === rule);
  return ruleIndex < 0 ? {} : { ruleIndex };
}

function locations(location: Location | undefined, resource: ResourceName | undefined): object {
  if (location === undefined && resource === undefined) return {};
  const physicalLocation = location && {
    artifactLocation: { uri: encodeURI(location.path), uriBaseId: "%SRCROOT%" },
    region: { startLine: location.line },
  };
  const logicalLocations = resource && [
    { name: resource.name, fullyQualifiedName: resource.urn, kind: "resource" },
  ];
  return {
    locations: [
      { ...(physicalLocation && { physicalLocation }), ...(logicalLocations && { logicalLocations }) },
    ],
  };
}

/** The same violation of the same resource is the same alert, whatever its words. */
function fingerprint(stack: string, { rule, resource }: Pick<Violation, "rule" | "resource">): string {
  return createHash("sha256")
    .update(`${stack}\n${rule}\n${resource?.urn ?? ""}`)
    .digest("hex")
    .slice(0, 32);
}

function notification({ rule, resource, reason }: NotChecked): object {
  return {
    level: "note",
    message: {
      text: `${rule === undefined ? "" : `${rule}: `}${resourceText(resource)} was not checked: ${reason}`,
    },
  };
}
