import { log } from "@pulumi/pulumi";
import { regions } from "../../../pricing/machine-types.ts";
import type { CloudSettings } from "../../cloud-settings.ts";
import { closedEndpointWarnings } from "../../preflight/closed-endpoint.ts";
import { publicEndpointProblems } from "../../preflight/public-endpoint.ts";
import { imageProblem } from "../../preflight/runtime-image.ts";
import { type AzureAccount, readAccount } from "./account.ts";
import { clusterAccessProblems, clusterAdmins } from "./cluster-access.ts";
import { endpointLimits } from "./endpoint.ts";
import { stackNameProblem } from "./names.ts";
import { findNetworkWatcher, type NetworkWatcherName } from "./network-watcher.ts";
import { type NodePlan, planNodes } from "./node-plan.ts";
import { checkQuotas } from "./quotas.ts";

/** What the look beforehand found out and decided. */
export interface AzurePlan {
  account: AzureAccount;
  region: string;
  nodes: NodePlan;
  /** Undefined: the region has none, and so no flow logs can be kept. */
  networkWatcher: NetworkWatcherName | undefined;
}

/** Days that Log Analytics keeps logs (https://learn.microsoft.com/azure/azure-monitor/logs/data-retention-configure). */
const RETENTION = { minimum: 30, maximum: 730 };
/** Addresses of one notification of a budget (https://learn.microsoft.com/rest/api/consumption/budgets/create-or-update). */
const MAXIMUM_ADDRESSES = 50;

/**
 * Looks for whatever can be known to fail before anything is declared.
 * @throws Error that names every problem with its configuration key and what is allowed.
 */
export async function checkAzure(settings: CloudSettings): Promise<AzurePlan> {
  const region = settings.region ?? "";
  const nodes = isRegion(region) ? planNodes(settings, region) : undefined;
  const account = await readAccount();
  const problems = [
    ...settingProblems(settings),
    ...(nodes && "problems" in nodes ? nodes.problems : []),
    ...("problem" in account
      ? [account.problem, ...clusterAdmins().problems]
      : clusterAccessProblems(account)),
  ];
  if (nodes === undefined || "problems" in nodes || "problem" in account)
    throw refusal(settings.stack, problems);

  const [quotas, watcher] = await Promise.all([
    checkQuotas(account, region, nodes.plan),
    findNetworkWatcher(region),
  ]);
  problems.push(...quotas.problems, ...("problem" in watcher ? [watcher.problem] : []));
  if (problems.length > 0 || "problem" in watcher) throw refusal(settings.stack, problems);
  const warnings = [
    ...quotas.warnings,
    ...("warning" in watcher ? [watcher.warning] : []),
    ...closedEndpointWarnings(settings.publicEndpoint),
  ];
  for (const warning of warnings) await log.warn(warning);
  return { account, region, nodes: nodes.plan, networkWatcher: "name" in watcher ? watcher : undefined };
}

function isRegion(region: string): boolean {
  return regions("azure").includes(region);
}

function settingProblems(settings: CloudSettings): string[] {
  const { stack, region, publicEndpoint, logRetentionDays: days } = settings;
  const stackName = stackNameProblem(stack);
  const wrongImage = imageProblem(settings.image, settings.projectFolder);
  return [
    ...(stackName === undefined ? [] : [stackName]),
    ...(isRegion(region ?? "")
      ? []
      : [
          `skyloom:region: ${region === undefined ? "is not set" : `"${region}" is not in the price table`}; allowed for azure are ${regions("azure").join(", ")}`,
        ]),
    ...publicEndpointProblems(publicEndpoint, endpointLimits),
    ...(days >= RETENTION.minimum && days <= RETENTION.maximum
      ? []
      : [`skyloom:logRetentionDays: ${days} must be ${RETENTION.minimum} to ${RETENTION.maximum} days`]),
    ...budgetProblems(settings.budget),
    ...(wrongImage === undefined ? [] : [wrongImage]),
    ...tagProblems(settings.tags),
  ];
}

function budgetProblems(budget: CloudSettings["budget"]): string[] {
  if (budget === undefined) return [];
  const wrong = budget.notify.filter((address) => !/^[^\s@]+@[^\s@]+\.[^\s@]+$/.test(address));
  return [
    ...(budget.monthlyUsd > 0 ? [] : [`skyloom:budget.monthlyUsd: ${budget.monthlyUsd} must be above 0`]),
    ...(budget.notify.length <= MAXIMUM_ADDRESSES
      ? []
      : [`skyloom:budget.notify: ${budget.notify.length} addresses; Azure allows ${MAXIMUM_ADDRESSES}`]),
    ...wrong.map((address) => `skyloom:budget.notify: "${address}" is no e-mail address`),
  ];
}

/** https://learn.microsoft.com/azure/azure-resource-manager/management/tag-resources#limitations */
function tagProblems(tags: Record<string, string>): string[] {
  return Object.entries(tags)
    .filter(([, value]) => value.length > 256)
    .map(([name, value]) => `skyloom:tags.${name}: Azure allows 256 characters, not ${value.length}`);
}

function refusal(stack: string, problems: string[]): Error {
  return new Error(
    `stack ${stack} cannot be brought up at Azure; nothing was changed:\n${problems.map((one) => `  ${one}`).join("\n")}`,
  );
}
