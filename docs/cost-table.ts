// Prints what an example stack costs in a month as a Markdown table: node docs/cost-table.ts dev-aws
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { parse } from "yaml";
import { requireStack } from "../cli/project.ts";
import type { GeneralPoolSettings } from "../components/cloud.ts";
import type { CloudSettings } from "../components/cloud-settings.ts";
import * as aws from "../components/clouds/aws/machine-types.ts";
import * as azure from "../components/clouds/azure/node-plan.ts";
import { registryTier } from "../components/clouds/azure/registry-tier.ts";
import * as gcp from "../components/clouds/gcp/machine-types.ts";
import {
  type MachineTypeChoice,
  pricedClouds,
  type Refusal,
  refusalMessage,
} from "../pricing/machine-types.ts";
import {
  formatUsd,
  type LineItem,
  monthlyCost,
  type NodePoolUse,
  type Range,
  type ServiceUse,
} from "../pricing/monthly-cost.ts";
import type { PricedCloud } from "../pricing/row-schema.ts";
import { type StackUse, stackServices } from "../pricing/stack-services.ts";
import { cloudSettings } from "../stacks/cloud-settings.ts";
import { readConfiguration } from "../stacks/configuration.ts";

const projectFolder = join(import.meta.dirname, "..");
const bounds = ["minimum", "expected", "maximum"] as const;

type PricedPool = NodePoolUse & { diskGib: number };
type Size = Pick<GeneralPoolSettings, "minimum" | "maximum">;

/** Of AKS's system pool (components/clouds/azure/cluster.ts). */
const SYSTEM_DISK_GIB = 128;

/** What an example stack is assumed to hold and move in a month, apart from its nodes. */
const assumed = { natGb: 100, bucketGb: 100, queueRequests: 10e6, registryGb: 10, logGb: 20 };

const stack = process.argv[2];
try {
  if (stack === undefined) throw new Error("which stack? node docs/cost-table.ts dev-aws");
  process.stdout.write(`${costTable(stack)}\n`);
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : error}\n`);
  process.exitCode = 1;
}

function costTable(name: string): string {
  const { cloud, settings } = readStack(name);
  const region = settings.region ?? "";
  const nodePools = poolsOf(cloud, region, settings);
  const services = servicesOf(cloud, settings, nodePools);
  const { items: plain, total } = monthlyCost({ cloud, region, nodePools, services });
  const disksFrom = plain.length - nodePools.length;
  const items = plain.map((each, index) => {
    const pool = nodePools[index - disksFrom];
    return pool === undefined ? each : { ...each, item: `disks of pool ${pool.name}` };
  });
  const days = items.flatMap(({ source }) => source.map(({ retrieved }) => retrieved)).sort();
  return [
    `| ${name}, ${region} | units a month | minimum | expected | maximum |`,
    "|---|---|---:|---:|---:|",
    ...items.map(row),
    `| **sum of what is known** | | ${bounds.map((bound) => `**${formatUsd(total[bound])}**`).join(" | ")} |`,
    "",
    ...note("Unknown, so not in the sum", unknowns(items)),
    ...note("Price doubtful", doubts(items)),
    `Prices of ${days.at(-1)}, USD, without taxes and discounts.`,
  ].join("\n");
}

/** The configuration file with the defaults of Pulumi.yaml, as the engine puts them together. */
function readStack(name: string): { cloud: PricedCloud; settings: CloudSettings } {
  requireStack(name);
  const file = `stacks/Pulumi.${name}.yaml`;
  const read = (path: string) => parse(readFileSync(join(projectFolder, path), "utf8")).config as object;
  const defaults = Object.entries(read("Pulumi.yaml")).map(([key, { default: value }]) => [
    `skyloom:${key}`,
    value,
  ]);
  const values = [...defaults, ...Object.entries(read(file))].map(([key, value]) => [
    key,
    typeof value === "string" ? value : JSON.stringify(value),
  ]);
  const configuration = readConfiguration(Object.fromEntries(values), [], file);
  const cloud = pricedClouds.find((each) => each === configuration.cloud);
  if (cloud === undefined) throw new Error(`${name} is on ${configuration.cloud}, which costs nothing`);
  const place = { stack: name, projectFolder, stateFolder: join(projectFolder, ".skyloom") };
  return { cloud, settings: cloudSettings(configuration, place) };
}

/** Its pools with the machines that the cloud's own code chooses. */
function poolsOf(cloud: PricedCloud, region: string, settings: CloudSettings): PricedPool[] {
  const { generalPool, gpuPools } = settings;
  if (cloud === "azure") {
    const planned = azure.planNodes(settings, region);
    if ("problems" in planned) throw new Error(planned.problems.join("\n"));
    const { system, general, gpu } = planned.plan;
    return [
      poolUse("system", system.machine, generalNodes(system), SYSTEM_DISK_GIB),
      poolUse("general", general.machine, generalNodes(general), general.diskGib),
      ...gpu.map((pool) => poolUse(pool.name, pool.machine, gpuNodes(pool), pool.diskGib)),
    ];
  }
  const { chooseGeneralMachine, chooseGpuMachine } = cloud === "aws" ? aws : gcp;
  return [
    poolUse(
      "general",
      chooseGeneralMachine(region, generalPool),
      generalNodes(generalPool),
      generalPool.diskGib,
    ),
    ...gpuPools.map((pool) =>
      poolUse(pool.name, chooseGpuMachine(region, pool), gpuNodes(pool), pool.diskGib),
    ),
  ];
}

function poolUse(
  name: string,
  machine: MachineTypeChoice | Refusal,
  nodes: Range,
  diskGib: number,
): PricedPool {
  if (machine.kind === "refusal") throw new Error(refusalMessage(machine));
  return { name, machine, purchase: machine.purchase, nodes, diskGib };
}

/** The general pool is expected to stay as small as it may. */
function generalNodes({ minimum, maximum }: Size): Range {
  return { minimum, expected: minimum, maximum };
}

/** Of the nodes with GPUs that may come and go, one is expected for a quarter of the time. */
function gpuNodes({ minimum, maximum }: Size): Range {
  return { minimum, expected: Math.min(maximum, minimum + 0.25), maximum };
}

function servicesOf(cloud: PricedCloud, settings: CloudSettings, pools: PricedPool[]): ServiceUse[] {
  const region = settings.region ?? "";
  const disks = pools.flatMap(({ nodes, diskGib }) =>
    stackServices(cloud, region, { nodes, nodeDiskGib: diskGib }).filter(isDisk),
  );
  return [...stackServices(cloud, region, useOf(cloud, settings, pools)), ...disks];
}

function isDisk({ service }: ServiceUse): boolean {
  return service === "node-disk";
}

function useOf(cloud: PricedCloud, { environment }: CloudSettings, pools: PricedPool[]): StackUse {
  const production = environment === "production";
  const sum = (bound: keyof Range) => pools.reduce((total, { nodes }) => total + nodes[bound], 0);
  const gateways = cloud === "aws" && production ? 3 : 1;
  return {
    ...assumed,
    registryTier: registryTier({ environment }),
    freeControlPlane: cloud === "azure" && !production,
    nodes: { minimum: sum("minimum"), expected: sum("expected"), maximum: sum("maximum") },
    natGateways: gateways,
    publicAddresses: gateways,
    ...keysOf(cloud, production),
  };
}

/** Keys of the stack's own. AWS has one for the cluster's secrets in every environment. */
function keysOf(cloud: PricedCloud, production: boolean): Pick<StackUse, "encryptionKeys"> {
  if (cloud === "aws") return { encryptionKeys: production ? 2 : 1 };
  if (!production) return {};
  return { encryptionKeys: cloud === "gcp" ? 2 : 1 };
}

function row({ item, unit, quantity, monthlyUsd }: LineItem): string {
  const units = quantity === "unknown" ? "unknown" : `${describe(quantity)}, ${unit}`;
  const amounts = bounds.map((bound) => formatUsd(monthlyUsd[bound]));
  return `| ${item} | ${units} | ${amounts.join(" | ")} |`;
}

/** The same number three times is one number. */
function describe(quantity: Range): string {
  const values = bounds.map((bound) => quantity[bound].toLocaleString("en-US", { maximumFractionDigits: 2 }));
  return new Set(values).size === 1 ? `${values[0]}` : values.join(" / ");
}

function unknowns(items: LineItem[]): string[] {
  return items
    .filter(({ monthlyUsd }) => bounds.some((bound) => monthlyUsd[bound] === "unknown"))
    .map(({ item }) => item);
}

function doubts(items: LineItem[]): string[] {
  return items.flatMap(({ item, doubtful }) => (doubtful === undefined ? [] : [`${item} (${doubtful})`]));
}

function note(title: string, names: string[]): string[] {
  return names.length === 0 ? [] : [`${title}: ${names.join("; ")}.`, ""];
}
