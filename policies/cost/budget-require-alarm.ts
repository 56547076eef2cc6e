import type { PolicyResource } from "@pulumi/policy";
import { listOf } from "../property-path.ts";
import type { CheckedStack, Properties, StackRule } from "../rule.ts";
import { ifKnown, unknownValue } from "../unknown-values.ts";
import { tagPaths } from "./tagged-types.ts";

interface CloudBudget {
  cloud: string;
  /** The beginning of types of this cloud. */
  prefix: string;
  budgets: string[];
  hasAlarm(budget: Properties): boolean;
}

const clouds: readonly CloudBudget[] = [
  {
    cloud: "AWS",
    prefix: "aws:",
    budgets: ["aws:budgets/budget:Budget"],
    hasAlarm: ({ notifications }) =>
      listOf(notifications).some(
        ({ subscriberEmailAddresses, subscriberSnsTopicArns }) =>
          listOf(subscriberEmailAddresses).length + listOf(subscriberSnsTopicArns).length > 0,
      ),
  },
  {
    cloud: "Azure",
    prefix: "azure-native",
    budgets: ["azure-native*:consumption*:Budget", "azure-native*:costmanagement*:Budget"],
    hasAlarm: ({ notifications }) =>
      Object.values(notifications ?? {}).some(
        (notification) => (notification as Properties).enabled === true,
      ),
  },
  {
    cloud: "Google Cloud",
    prefix: "gcp:",
    budgets: ["gcp:billing/budget:Budget"],
    hasAlarm: ({ thresholdRules }) => listOf(thresholdRules).length > 0,
  },
];

export const budgetRequireAlarm: StackRule = {
  name: "budget-require-alarm",
  description: "A stack in a cloud has a budget there, which tells somebody before it is spent.",
  severity: "medium",
  remediationSteps: "Add the cloud's budget for this stack, with thresholds and who is told.",
  checkStack(stack, report) {
    for (const cloud of clouds)
      if (bills(cloud, stack) && !hasBudget(cloud, stack))
        report(`something bills on ${cloud.cloud}, and no budget with an alarm is there for it`);
  },
};

function bills({ prefix }: CloudBudget, stack: CheckedStack): boolean {
  return stack.all(...Object.keys(tagPaths)).some(({ type }) => type.startsWith(prefix));
}

function hasBudget({ budgets, hasAlarm }: CloudBudget, stack: CheckedStack): boolean {
  const answer = (budget: PolicyResource) => ifKnown(() => hasAlarm(stack.asked(budget)), "unknown");
  const answers = stack.all(...budgets).map(answer);
  if (answers.includes(true)) return true;
  if (answers.includes("unknown")) throw unknownValue("notifications");
  return false;
}
