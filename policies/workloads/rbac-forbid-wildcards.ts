import { eksBenchmark } from "../benchmarks.ts";
import type { ResourceRule } from "../rule.ts";
import { checkRules, roleTypes } from "./rbac.ts";

export const rbacForbidWildcards: ResourceRule = {
  name: "rbac-forbid-wildcards",
  description: "A role names its verbs and its resources.",
  severity: "high",
  framework: eksBenchmark("4.1"),
  remediationSteps: "Replace * by the verbs and resources that are needed.",
  types: roleTypes,
  check({ props }, report) {
    checkRules(props, ({ path, verbs, resources }) => {
      if (verbs.includes("*")) report(`${path}.verbs has *`);
      if (resources.includes("*")) report(`${path}.resources has *`);
    });
  },
};
