import type {
  PolicyResource,
  ReportViolation,
  ResourceValidationArgs,
  ResourceValidationPolicy,
  StackValidationArgs,
  StackValidationPolicy,
} from "@pulumi/policy";
import { configSchema } from "./configuration/config-schema.ts";
import type { SettingsResolver } from "./configuration/stack-settings.ts";
import { matchesAny } from "./pattern.ts";
import {
  type CheckedResource,
  type CheckedStack,
  isStackRule,
  type Properties,
  type ResourceRule,
  type Rule,
  type StackRule,
} from "./rule.ts";
import { isUnknownValue } from "./unknown-values.ts";
import type { WaiverBook } from "./waivers/waiver-book.ts";

/** What rules are applied with. */
export interface PackContext {
  settings: SettingsResolver;
  readonly waivers: WaiverBook;
  /** Inputs by URN, as rules of single resources saw them in this operation, for those of the whole stack. */
  asked: Map<string, Properties>;
}

/**
 * The rule as the SDK serves it. Here, and for all rules alike: types are matched, settings put together, violations
 * waived, and what is not known yet or fails is reported instead of passed over.
 */
export function toPolicy(rule: Rule, context: PackContext): ResourceValidationPolicy | StackValidationPolicy {
  const { name, description, severity, enforcementLevel = "mandatory", remediationSteps, framework } = rule;
  const common = {
    ...{ name, description, severity, enforcementLevel, remediationSteps },
    configSchema: configSchema(rule.settings ?? []),
    ...(framework !== undefined && { framework }),
  };
  return isStackRule(rule)
    ? { ...common, validateStack: validateStack(rule, context) }
    : { ...common, ...validateResource(rule, context) };
}

function validateResource(rule: ResourceRule, context: PackContext): Partial<ResourceValidationPolicy> {
  const matches = typeMatcher(rule.types);
  const { check, remediate } = rule;
  return {
    ...(check && {
      validateResource: withType(
        rule.types,
        (args: ResourceValidationArgs, reportViolation: ReportViolation) => {
          context.waivers.look(args.urn);
          context.asked.set(args.urn, args.props);
          if (!matches(args.type)) return;
          const reporter = new Reporter(rule, context, reportViolation);
          reporter.guard(args.urn, () =>
            check(checkedResource(args, context), (message) => reporter.report(message, args.urn)),
          );
        },
      ),
    }),
    ...(remediate && {
      remediateResource: (args: ResourceValidationArgs) => {
        if (!matches(args.type) || context.waivers.isWaived(rule.name, args.urn)) return undefined;
        return remediate(checkedResource(args, context)) ? args.props : undefined;
      },
    }),
  };
}

function checkedResource(args: ResourceValidationArgs, context: PackContext): CheckedResource {
  const { type, name, props, provider } = args;
  return {
    ...{ type, name, props },
    settings: context.settings(args.getConfig(), args.stackTags),
    providerProps: provider?.props ?? {},
  };
}

function validateStack(rule: StackRule, context: PackContext) {
  return (args: StackValidationArgs, reportViolation: ReportViolation) => {
    const { resources } = args;
    const reporter = new Reporter(rule, context, reportViolation);
    const stackUrn = resources.find(({ type }) => type === "pulumi:pulumi:Stack")?.urn;
    const stack: CheckedStack = {
      resources,
      all: allOf(resources),
      asked: ({ urn, props }) => context.asked.get(urn) ?? props,
      each: (items, check) => {
        for (const item of items) reporter.guard(item.urn, () => check(item));
      },
      waivers: context.waivers,
      settings: context.settings(args.getConfig(), args.stackTags),
    };
    reporter.guard(stackUrn, () =>
      rule.checkStack(stack, (message: string, resource?: PolicyResource) =>
        reporter.report(message, resource?.urn ?? stackUrn),
      ),
    );
  };
}

/** Words at the beginning of a message's second line, by which reports tell these from violations. */
export const WAIVED = "waived until";
export const AT_APPLY = "to be checked at apply";

class Reporter {
  readonly #rule: Rule;
  readonly #context: PackContext;
  readonly #reportViolation: ReportViolation;

  constructor(rule: Rule, context: PackContext, reportViolation: ReportViolation) {
    this.#rule = rule;
    this.#context = context;
    this.#reportViolation = reportViolation;
  }

  report(message: string, urn: string | undefined): void {
    const waiver = this.#context.waivers.use(this.#rule.name, urn ?? "");
    if (waiver === undefined) this.#reportViolation(message, urn);
    else this.#advise(`${WAIVED} ${waiver.expires} by ${waiver.owner}: ${waiver.reason}\n${message}`, urn);
  }

  /** A rule that cannot look must neither pass nor break the whole operation. */
  guard(urn: string | undefined, check: () => void): void {
    try {
      check();
    } catch (error) {
      if (isUnknownValue(error)) {
        this.#context.waivers.keep(this.#rule.name, urn ?? "");
        this.#advise(`${AT_APPLY}: ${error.message}`, urn);
      } else this.report(`could not be checked: ${(error as Error).message}`, urn);
    }
  }

  /** The SDK takes an object too, which its types leave out: only so has a message a level of its own. */
  #advise(message: string, urn: string | undefined): void {
    const violation = {
      message: `${this.#rule.description}\n${message}`,
      enforcementLevel: "advisory",
      ...(urn !== undefined && { urn }),
    };
    this.#reportViolation(violation as unknown as string);
  }
}

/** The same list each time, so that what is derived from one is derived once. */
function allOf(resources: readonly PolicyResource[]): CheckedStack["all"] {
  const lists = new Map<string, PolicyResource[]>();
  return (...types) => {
    const key = types.join(" ");
    const matches = typeMatcher(types);
    const list = lists.get(key) ?? resources.filter(({ type }) => matches(type));
    lists.set(key, list);
    return list;
  };
}

/** Types repeat, patterns are slower than a look into a map. */
function typeMatcher(patterns: readonly string[]): (type: string) => boolean {
  const known = new Map<string, boolean>();
  return (type) => {
    const found = known.get(type);
    if (found !== undefined) return found;
    const matches = matchesAny(patterns, type);
    known.set(type, matches);
    return matches;
  };
}

/** By this property the SDK passes over resources of other types before it decodes them for the rule. */
function withType<Validation extends object>(types: readonly string[], validation: Validation): Validation {
  const [type, ...others] = types;
  if (type === undefined || others.length > 0 || type.includes("*")) return validation;
  return Object.assign(validation, { __pulumiType: type });
}
