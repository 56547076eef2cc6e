import { eksBenchmark } from "../benchmarks.ts";
import type { ResourceRule } from "../rule.ts";
import { checkRules, roleTypes } from "./rbac.ts";

const escalating = ["bind", "escalate", "impersonate"];

export const rbacForbidEscalation: ResourceRule = {
  name: "rbac-forbid-escalation",
  description: "No role lets its holders give themselves more.",
  severity: "high",
  framework: eksBenchmark("4.1"),
  remediationSteps: "Remove the verbs bind, escalate and impersonate.",
  types: roleTypes,
  check({ props }, report) {
    checkRules(props, ({ path, verbs }) => {
      for (const verb of verbs.filter((each) => escalating.includes(each)))
        report(`${path}.verbs has ${verb}`);
    });
  },
};
