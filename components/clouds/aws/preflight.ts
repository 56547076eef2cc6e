import { log } from "@pulumi/pulumi";
import type { MachineTypeChoice } from "../../../pricing/machine-types.ts";
import type { CloudSettings } from "../../cloud-settings.ts";
import { closedEndpointWarnings } from "../../preflight/closed-endpoint.ts";
import { quotaPools } from "../../preflight/quotas.ts";
import { type AwsAccount, readAccount } from "./account.ts";
import { clusterAdmins } from "./cluster-access.ts";
import { awsNames } from "./names.ts";
import { type PlannedPool, planNodes } from "./plan-nodes.ts";
import { planZones } from "./plan-zones.ts";
import { type PoolSizes, readPoolSizes, shrinkWarnings } from "./pool-sizes.ts";
import { checkQuotas } from "./quotas.ts";
import { regionProblem } from "./region.ts";
import { settingProblems } from "./setting-problems.ts";

/** What the stack will be made of. */
export interface AwsPlan {
  account: AwsAccount;
  region: string;
  /** Zones of the control plane and the general pool: two or three. */
  clusterZones: string[];
  generalMachine: MachineTypeChoice;
  gpuPools: (PlannedPool & { zones: string[] })[];
  poolSizes: PoolSizes;
}

/**
 * Checks everything that can be known before the first resource: configuration, login, machine types, zones, quotas.
 * What cannot be read is warned about.
 * @throws Error with every problem, each with its configuration key and what is allowed.
 */
export async function planStack(settings: CloudSettings): Promise<AwsPlan> {
  const { region } = settings;
  const wrongRegion = regionProblem(region);
  const nodes = region === undefined || wrongRegion !== undefined ? undefined : planNodes(settings, region);
  const account = await readAccount();
  const problems = [
    ...(wrongRegion === undefined ? [] : [wrongRegion]),
    ...(nodes?.problems ?? []),
    ...settingProblems(settings),
    ...clusterAdmins().problems,
    ...("problem" in account ? [account.problem] : otherRegion(account, region)),
  ];
  // With another region than the provider's, all that could be read would be of the wrong one.
  const readable = !("problem" in account) && account.region === region;
  if (!readable || nodes?.generalMachine === undefined) throw refusal(settings, problems);

  const { generalMachine, gpuPools } = nodes;
  const { cluster } = awsNames(account.id, account.region, settings.stack);
  const [zones, quotas, pools] = await Promise.all([
    planZones(settings, account.region, gpuPools),
    checkQuotas(account.region, quotaPools(settings, generalMachine, gpuPools), natGateways(settings)),
    readPoolSizes(cluster),
  ]);
  problems.push(...zones.problems, ...quotas.problems);
  if (problems.length > 0) throw refusal(settings, problems);
  const warnings = [
    ...zones.warnings,
    ...quotas.warnings,
    ...pools.warnings,
    ...shrinkWarnings(namedPools(settings), pools.sizes),
    ...closedEndpointWarnings(settings.publicEndpoint),
  ];
  for (const warning of warnings) await log.warn(warning);
  return {
    account,
    region: account.region,
    clusterZones: zones.cluster,
    generalMachine,
    poolSizes: pools.sizes,
    gpuPools: gpuPools.map((pool) => ({
      ...pool,
      zones: zones.pools.get(pool.settings.name) ?? zones.cluster,
    })),
  };
}

/** In production each zone has a way out of its own, so that the loss of one is not felt in the others. */
export function natGateways({ environment }: CloudSettings): number {
  return environment === "production" ? 3 : 1;
}

function otherRegion(account: AwsAccount, region: string | undefined): string[] {
  if (region === undefined || account.region === region) return [];
  return [
    `aws:region: is ${account.region}, but skyloom:region is ${region}; they must be the same: pulumi config set aws:region ${region}`,
  ];
}

function namedPools({ generalPool, gpuPools }: CloudSettings) {
  return [
    { key: "skyloom:generalPool", name: "general", maximum: generalPool.maximum },
    ...gpuPools.map(({ name, maximum }, index) => ({ key: `skyloom:gpuPools[${index}]`, name, maximum })),
  ];
}

function refusal({ stack }: CloudSettings, problems: string[]): Error {
  return new Error(
    `stack ${stack} cannot be brought up on aws; nothing was changed:\n${problems.map((one) => `  ${one}`).join("\n")}`,
  );
}
