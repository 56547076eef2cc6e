import type { Recording } from "../../simulator/recording/recording.ts";
import type { Findings } from "./analysis.ts";
import type { Diagnostic, PackInfo, Rule, Severity } from "./pack.ts";
import { nameOfUrn, typeOfUrn } from "./resources.ts";
import type { RegisteredResource } from "./run-program.ts";
import { settingOf } from "./settings-of.ts";
import type { StackFile } from "./stack-file.ts";
import { atApplyReason, type Waiver, waiverOf } from "./waivers.ts";

/** What came of asking a pack about a stack, before anything is sorted. */
export interface CheckedStack {
  stack: string;
  /** Undefined where a plan or a state was read, and there is no such file. */
  file: StackFile | undefined;
  pack: PackInfo;
  findings: Findings;
  resources: RegisteredResource[];
  log: Recording<unknown>["log"];
  seconds: number;
}

/** A resource, as reports name it. */
export interface ResourceName {
  urn: string;
  type: string;
  name: string;
}

export interface Location {
  /** Relative to the project. */
  path: string;
  line: number;
}

export interface Violation {
  rule: string;
  /** Mandatory ones fail the check. */
  level: "advisory" | "mandatory";
  severity: Severity | undefined;
  /** Undefined where the stack as a whole is meant. */
  resource: ResourceName | undefined;
  message: string;
  fix: string | undefined;
  framework: Rule["framework"];
  /** `namespace:key` of the setting that decides it, as far as that is known. */
  setting: string | undefined;
  location: Location | undefined;
}

/** What a waiver let pass. */
export interface UsedWaiver extends Waiver {
  rule: string;
  resource: ResourceName | undefined;
}

/** What was not looked into, or can be known at apply only. */
export interface NotChecked {
  /** Undefined: every rule. */
  rule: string | undefined;
  resource: ResourceName | undefined;
  reason: string;
}

export interface StackResult {
  stack: string;
  resources: number;
  violations: Violation[];
  waivers: UsedWaiver[];
  /** Rules that would change a resource in an update; they ran on what is checked. */
  remediations: { rule: string; resource: ResourceName }[];
  notChecked: NotChecked[];
  warnings: string[];
  seconds: number;
}

const rank: Record<Severity, number> = { critical: 0, high: 1, medium: 2, low: 3 };

/** Sorts what a pack said into violations, used waivers and what could not be checked. */
export function stackResult(checked: CheckedStack): StackResult {
  const { findings, resources, pack, log } = checked;
  const rules = new Map(pack.rules.map((rule) => [rule.name, rule]));
  const result: StackResult = {
    stack: checked.stack,
    resources: resources.length,
    violations: [],
    waivers: [],
    remediations: findings.remediations.map(({ rule, urn }) => ({ rule, resource: named(urn) })),
    notChecked: resources.flatMap(unseen),
    warnings: log.filter(({ severity }) => severity !== "info").map(({ message }) => message),
    seconds: Number(checked.seconds.toFixed(2)),
  };
  for (const found of findings.diagnostics) {
    const { rule, urn } = found;
    const resource = urn === undefined ? undefined : named(urn);
    const reason = atApplyReason(found);
    const waiver = waiverOf(found);
    if (reason !== undefined) result.notChecked.push({ rule, resource, reason });
    else if (waiver !== undefined) result.waivers.push({ rule, resource, ...waiver });
    else result.violations.push(violation(found, rules.get(rule), checked.file));
  }
  result.violations.sort(
    (left, right) =>
      Number(left.level === "advisory") - Number(right.level === "advisory") ||
      rank[left.severity ?? "low"] - rank[right.severity ?? "low"] ||
      order(left).localeCompare(order(right)),
  );
  return result;
}

function order({ rule, resource }: Violation): string {
  return `${rule} ${resource?.urn ?? ""}`;
}

function violation(found: Diagnostic, rule: Rule | undefined, file: StackFile | undefined): Violation {
  const setting = settingOf(found, rule?.fix, file);
  return {
    rule: found.rule,
    level: found.level,
    severity: found.severity ?? rule?.severity,
    resource: found.urn === undefined ? undefined : named(found.urn),
    message: found.message,
    fix: rule?.fix,
    framework: rule?.framework,
    setting: setting?.key,
    location: file && { path: file.path, line: setting?.line ?? 1 },
  };
}

function unseen(resource: RegisteredResource): NotChecked[] {
  const reason = unseenReason(resource);
  return reason === undefined ? [] : [{ rule: undefined, resource: named(resource.urn), reason }];
}

function unseenReason({ type, remote }: RegisteredResource): string | undefined {
  if (remote) return "a component that is made by its provider: its parts are not seen without it";
  if (type === "kubernetes:helm.sh/v3:Release") return "a Helm release: what its chart makes is not seen";
  return undefined;
}

function named(urn: string): ResourceName {
  return { urn, type: typeOfUrn(urn), name: nameOfUrn(urn) };
}
