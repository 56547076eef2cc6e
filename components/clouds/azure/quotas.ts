import type { Purchase } from "../../../pricing/machine-offers.ts";
import type { MachineTypeChoice } from "../../../pricing/machine-types.ts";
import { type QuotaNeed, quotasOf, sameQuotaName } from "../../../pricing/quota-families.ts";
import type { AzureAccount } from "./account.ts";
import type { NodePlan } from "./node-plan.ts";

/** One quota of a region as Azure's compute service tells it, in vCPUs. */
export interface ComputeUsage {
  name: string;
  limit: number;
  used: number;
}

export interface QuotaReport {
  /** Quotas that are too small for what is configured, whatever else runs. */
  problems: string[];
  /** What could not be found out, or may turn out too small. */
  warnings: string[];
}

interface Demand {
  need: QuotaNeed;
  /** vCPUs with every pool at its maximum, and at its minimum. */
  maximum: number;
  minimum: number;
  pools: string[];
}

/** Compares the quotas of the region with what the pools may grow to, spot and on-demand apart. */
export async function checkQuotas(
  account: AzureAccount,
  region: string,
  nodes: NodePlan,
  request: typeof fetch = fetch,
): Promise<QuotaReport> {
  const demands = demandsOf(nodes);
  let usages: ComputeUsage[];
  try {
    usages = await readUsages(account, region, request);
  } catch (error) {
    const names = demands.map(({ need }) => need.name).join(", ");
    const reason = error instanceof Error ? error.message : String(error);
    return { problems: [], warnings: [`quotas of ${region} are unknown (${names}): ${reason}`] };
  }
  const found = demands.map((demand) => compare(demand, usages, region));
  return {
    problems: found.flatMap(({ problem }) => problem ?? []),
    warnings: found.flatMap(({ warning }) => warning ?? []),
  };
}

function compare(
  { need, maximum, minimum, pools }: Demand,
  usages: ComputeUsage[],
  region: string,
): { problem?: string; warning?: string } {
  const usage = usages.find(({ name }) => need.quota !== "unknown" && sameQuotaName(name, need.quota));
  if (usage === undefined)
    return { warning: `quota "${need.name}" of ${region} is unknown: Azure did not list it` };
  const have = `${usage.limit} vCPUs in ${region}, ${usage.used} of them in use`;
  const wanted = `${pools.join(", ")} may need ${maximum}`;
  const ask = `ask for more at https://portal.azure.com/#view/Microsoft_Azure_Capacity/QuotaMenuBlade/~/myQuotas, or lower the maximum`;
  if (usage.limit < maximum)
    return { problem: `quota "${need.name}" is too small: ${have}; ${wanted}; ${ask}` };
  if (usage.limit - usage.used < minimum)
    return {
      warning: `quota "${need.name}" may be too small: ${have}, perhaps by this stack; ${wanted}; ${ask}`,
    };
  return {};
}

function demandsOf({ system, general, gpu }: NodePlan): Demand[] {
  const pools: {
    name: string;
    machine: MachineTypeChoice;
    purchase: Purchase;
    minimum: number;
    maximum: number;
  }[] = [
    { name: "the system pool", purchase: "on-demand", ...system },
    { name: "the general pool", purchase: "on-demand", ...general },
    ...gpu.map((pool) => ({
      ...pool,
      name: `GPU pool ${pool.name}`,
      purchase: pool.spot ? ("spot" as const) : ("on-demand" as const),
    })),
  ];
  const demands = new Map<string, Demand>();
  for (const { name, machine, purchase, minimum, maximum } of pools) {
    for (const need of quotasOf(machine, purchase)) {
      const demand = demands.get(need.name) ?? { need, minimum: 0, maximum: 0, pools: [] };
      demand.minimum += minimum * need.perNode;
      demand.maximum += maximum * need.perNode;
      demand.pools.push(name);
      demands.set(need.name, demand);
    }
  }
  return [...demands.values()];
}

/** Fields of a page of Microsoft.Compute's usages that matter here. */
interface UsagePage {
  value?: { name?: { value?: string }; limit?: number; currentValue?: number }[];
  nextLink?: string;
}

/**
 * Microsoft.Compute's usages (https://learn.microsoft.com/rest/api/compute/usage/list). The provider has no function
 * for them, but lends its token.
 */
async function readUsages(
  { subscriptionId, token }: AzureAccount,
  region: string,
  request: typeof fetch,
): Promise<ComputeUsage[]> {
  if (token === undefined)
    throw new Error("the provider's login gives no token for Azure's resource manager");
  const { resourceManager } = token.claims;
  const usages: ComputeUsage[] = [];
  let next: string | undefined =
    `${resourceManager}/subscriptions/${subscriptionId}/providers/Microsoft.Compute/locations/${region}/usages?api-version=2024-07-01`;
  while (next?.startsWith(`${resourceManager}/`)) {
    const response: Response = await request(next, {
      headers: { authorization: `Bearer ${token.text}` },
      redirect: "error",
      signal: AbortSignal.timeout(10_000),
    });
    if (!response.ok) throw new Error(`Azure answered ${response.status} to the question for usages`);
    const page = (await response.json()) as UsagePage;
    for (const { name, limit, currentValue } of page.value ?? [])
      if (name?.value !== undefined && limit !== undefined)
        usages.push({ name: name.value, limit, used: currentValue ?? 0 });
    next = page.nextLink;
  }
  return usages;
}
