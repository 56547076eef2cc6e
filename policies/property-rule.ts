import { setAt, shown, valueAt } from "./property-path.ts";
import type { CheckedResource, ResourceRule } from "./rule.ts";
import { checkEach } from "./unknown-values.ts";

export interface Requirement {
  /** Dotted, from the resource's properties. */
  path: string;
  /** Values that comply; the first is what a remediation sets. */
  values: readonly [unknown, ...unknown[]];
  /** Whether a missing value complies, since the provider's default does. Default: false. */
  missingComplies?: boolean;
}

type Description = Omit<ResourceRule, "check" | "remediate"> & {
  requirements: readonly Requirement[];
  /** Where the rule holds. Default: everywhere. */
  when?(resource: CheckedResource): boolean;
  /** Whether setting the values is safe, so that it can be done by itself. Default: false. */
  remediable?: boolean;
};

/** A rule that single properties have one of some values. */
export function propertyRule(description: Description): ResourceRule {
  const { requirements, when = () => true, remediable = false, ...rule } = description;
  const check: NonNullable<ResourceRule["check"]> = (resource, report) => {
    if (!when(resource)) return;
    checkEach(requirements, (requirement) => {
      const value = valueAt(resource.props, requirement.path);
      if (!complies(requirement, value))
        report(
          `${requirement.path} is ${shown(value)}: set it to ${requirement.values.map(shown).join(" or ")}`,
        );
    });
  };
  if (!remediable) return { ...rule, check };
  return { ...rule, check, remediate: (resource) => when(resource) && mend(requirements, resource) };
}

function complies({ values, missingComplies = false }: Requirement, value: unknown): boolean {
  return value === undefined ? missingComplies : values.includes(value);
}

function mend(requirements: readonly Requirement[], { props }: CheckedResource): boolean {
  const wrong = requirements.filter((each) => !complies(each, valueAt(props, each.path)));
  for (const { path, values } of wrong) setAt(props, path, values[0]);
  return wrong.length > 0;
}

/** For `when`: the stack is used in production, or may be. */
export function inProduction({ settings }: Pick<CheckedResource, "settings">): boolean {
  return settings.environment === "production";
}
