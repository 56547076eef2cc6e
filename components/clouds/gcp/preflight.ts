import { Config, log } from "@pulumi/pulumi";
import { type MachineTypeChoice, refusalMessage } from "../../../pricing/machine-types.ts";
import type { GpuPoolSettings } from "../../cloud.ts";
import type { CloudSettings } from "../../cloud-settings.ts";
import { closedEndpointWarnings } from "../../preflight/closed-endpoint.ts";
import { poolRangeProblems } from "../../preflight/pool-ranges.ts";
import { publicEndpointProblems } from "../../preflight/public-endpoint.ts";
import { quotaPools } from "../../preflight/quotas.ts";
import { imageProblem } from "../../preflight/runtime-image.ts";
import { maximumNotified } from "./budget.ts";
import { endpointLimits } from "./endpoint.ts";
import { chooseGeneralMachine } from "./machine-types.ts";
import { planGpuPool } from "./plan-gpu-pool.ts";
import { type GcpProject, readProject } from "./project.ts";
import { queueLimits } from "./queue.ts";
import { checkQuotas } from "./quotas.ts";
import { regionProblem } from "./region.ts";

/** Nodes of one pool, and GiB of a balanced disk (https://cloud.google.com/kubernetes-engine/quotas). */
const POOL_LIMITS = { nodes: 1000, diskGib: 65_536 };

/** A GPU pool with the machine that was chosen for it. */
export interface PlannedPool {
  settings: GpuPoolSettings;
  machine: MachineTypeChoice;
  /** Undefined: the cluster's. */
  zones: string[] | undefined;
}

/** What the stack will be made of. */
export interface GcpPlan {
  project: GcpProject;
  region: string;
  billingAccount: string | undefined;
  generalMachine: MachineTypeChoice;
  gpuPools: PlannedPool[];
}

/**
 * Checks everything that can be known before the first resource: configuration, login, machine types, quotas. Quotas
 * that cannot be read are warned about.
 * @throws Error with every problem, each with its configuration key and what is allowed.
 */
export async function planStack(settings: CloudSettings): Promise<GcpPlan> {
  const project = await readProject();
  const machines = planMachines(settings);
  const billingAccount =
    new Config("skyloom").get("billingAccount") ??
    (typeof project === "string" ? undefined : project.billingAccount);
  const quotas =
    typeof project === "string" || settings.region === undefined
      ? { problems: [], warnings: [] }
      : await checkQuotas(
          project.id,
          settings.region,
          quotaPools(settings, machines.generalMachine, machines.gpuPools),
        );
  const problems = [
    ...(typeof project === "string" ? [project] : []),
    ...machines.problems,
    ...quotas.problems,
    ...otherProblems(settings),
    ...(typeof project === "string" ? [] : budgetProblems(settings, billingAccount)),
  ];
  const { generalMachine, gpuPools } = machines;
  if (
    problems.length > 0 ||
    typeof project === "string" ||
    generalMachine === undefined ||
    settings.region === undefined
  )
    throw new Error(
      `stack ${settings.stack} cannot be brought up on gcp; nothing was changed:\n${problems.map((one) => `  ${one}`).join("\n")}`,
    );
  for (const warning of [...quotas.warnings, ...closedEndpointWarnings(settings.publicEndpoint)])
    await log.warn(warning);
  return { project, region: settings.region, billingAccount, generalMachine, gpuPools };
}

interface PlannedMachines {
  generalMachine: MachineTypeChoice | undefined;
  gpuPools: PlannedPool[];
  problems: string[];
}

function planMachines({ region, generalPool, gpuPools }: CloudSettings): PlannedMachines {
  const wrongRegion = regionProblem(region);
  if (region === undefined || wrongRegion !== undefined)
    return { generalMachine: undefined, gpuPools: [], problems: [wrongRegion ?? ""] };
  const general = chooseGeneralMachine(region, generalPool);
  const generalProblem =
    general.kind === "refusal"
      ? refusalMessage(general)
      : general.machineType === generalPool.machineType && general.acceleratorCount > 0
        ? `${general.machineType} has accelerators; nodes with accelerators are skyloom:gpuPools`
        : undefined;
  const pools = gpuPools.map((pool, index) => planGpuPool(pool, `skyloom:gpuPools[${index}]`, region));
  return {
    generalMachine: general.kind === "choice" ? general : undefined,
    gpuPools: pools.flatMap(({ planned }) => planned ?? []),
    problems: [
      ...(generalProblem === undefined ? [] : [`skyloom:generalPool.machineType: ${generalProblem}`]),
      ...poolRangeProblems("skyloom:generalPool", generalPool, POOL_LIMITS),
      ...pools.flatMap(({ problems }) => problems),
      ...gpuPools.flatMap((pool, index) =>
        poolRangeProblems(`skyloom:gpuPools[${index}]`, pool, POOL_LIMITS),
      ),
      ...duplicateNames(gpuPools),
    ],
  };
}

function duplicateNames(pools: GpuPoolSettings[]): string[] {
  return pools.flatMap(({ name }, index) =>
    name === "general" || pools.findIndex((pool) => pool.name === name) < index
      ? [`skyloom:gpuPools[${index}].name: "${name}" is taken by another pool`]
      : [],
  );
}

function otherProblems(settings: CloudSettings): string[] {
  const { queue, image, projectFolder, publicEndpoint, logRetentionDays, stack } = settings;
  const limited = (key: keyof typeof queueLimits) => {
    const [least, most] = queueLimits[key];
    return queue[key] >= least && queue[key] <= most
      ? []
      : [`skyloom:${key}: Pub/Sub allows ${least} to ${most}, not ${queue[key]}`];
  };
  const wrongImage = imageProblem(image, projectFolder);
  return [
    ...limited("maximumDeliveries"),
    ...limited("visibilitySeconds"),
    ...(wrongImage === undefined ? [] : [wrongImage]),
    ...publicEndpointProblems(publicEndpoint, endpointLimits),
    ...(Number.isInteger(logRetentionDays) && logRetentionDays >= 1 && logRetentionDays <= 3650
      ? []
      : [`skyloom:logRetentionDays: must be a whole number from 1 to 3650, not ${logRetentionDays}`]),
    ...(/goog/i.test(stack)
      ? [`stack name "${stack}": Cloud Storage refuses buckets whose name holds "goog"; choose another`]
      : []),
  ];
}

function budgetProblems({ budget }: CloudSettings, billingAccount: string | undefined): string[] {
  if (budget === undefined) return [];
  const { monthlyUsd, notify } = budget;
  return [
    ...(billingAccount === undefined
      ? [
          "skyloom:billingAccount: the project's billing account cannot be seen, and a budget (skyloom:budget) belongs to one; link one to the project and enable cloudbilling.googleapis.com in it, or set its id, e.g. 012345-6789AB-CDEF01 (gcloud billing accounts list)",
        ]
      : /^[0-9A-F]{6}(-[0-9A-F]{6}){2}$/.test(billingAccount)
        ? []
        : [`skyloom:billingAccount: must be like 012345-6789AB-CDEF01, not "${billingAccount}"`]),
    ...(monthlyUsd > 0 ? [] : [`skyloom:budget.monthlyUsd: must be above 0, not ${monthlyUsd}`]),
    ...(notify.length <= maximumNotified
      ? []
      : [`skyloom:budget.notify: at most ${maximumNotified} addresses, not ${notify.length}`]),
    ...notify.flatMap((address, index) =>
      /^[^@\s]+@[^@\s]+\.[^@\s]+$/.test(address)
        ? []
        : [`skyloom:budget.notify[${index}]: must be an e-mail address, not "${address}"`],
    ),
  ];
}
