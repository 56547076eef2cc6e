import { cheapestMachineType, refusalMessage } from "../../pricing/machine-types.ts";
import { nearestRegion } from "../../pricing/nearest-regions.ts";
import type { PricedCloud } from "../../pricing/row-schema.ts";
import type { StackConfiguration } from "../check/stack-configuration.ts";
import { CannotRun } from "../output.ts";
import { createProviderConfig } from "./create-provider-config.ts";

export interface Variant {
  cloud: PricedCloud;
  region: string;
  config: StackConfiguration;
  /** GPU pools that the cloud cannot have, with the reason and what is nearest. */
  lacks: { pool: string; why: string }[];
}

interface GpuPool {
  name: string;
  accelerator: string;
  count?: number;
}

/** Settings that only mean something on the cloud that they were written for. */
const ofOneCloud = [
  "skyloom:clusterAdmins",
  "skyloom:billingAccount",
  "skyloom:existing",
  "skyloom:credentials",
];

/**
 * The same stack on a cloud: the same environment, sizes and accelerators, with machine types that the cloud chooses.
 * @param region where, instead of the region nearest to the stack's own.
 */
export function variantOn(cloud: PricedCloud, config: StackConfiguration, region?: string): Variant {
  const own = config.values["skyloom:cloud"] as PricedCloud;
  const ownRegion = config.values["skyloom:region"] ?? "";
  if (cloud === own && (region === undefined || region === ownRegion))
    return { cloud, region: ownRegion, config, lacks: [] };
  const place = region ?? nearestRegion(own, ownRegion, cloud);
  if (place === undefined)
    throw new CannotRun(
      `no region of ${cloud} is known to be near ${ownRegion}: name one with --region ${cloud}=REGION`,
    );
  const kept = Object.entries(config.values).filter(
    ([key]) => key.startsWith("skyloom:") && !ofOneCloud.includes(key),
  );
  const pools = gpuPools(config, cloud, place);
  const values = {
    ...Object.fromEntries(kept),
    ...createProviderConfig(cloud, place),
    "skyloom:cloud": cloud,
    "skyloom:region": place,
    "skyloom:gpuPools": JSON.stringify(pools.possible),
    ...generalPool(config),
  };
  const secretKeys = config.secretKeys.filter((key) => key in values);
  return { cloud, region: place, config: { values, secretKeys }, lacks: pools.lacks };
}

function gpuPools({ values }: StackConfiguration, cloud: PricedCloud, region: string) {
  const pools = parsed<GpuPool[]>(values["skyloom:gpuPools"], []);
  const lacks: Variant["lacks"] = [];
  const possible = pools.flatMap((pool) => {
    const { accelerator, count: acceleratorCount = 1 } = pool;
    const choice = cheapestMachineType({ cloud, region, accelerator, acceleratorCount });
    if (choice.kind === "choice") return [withoutMachine(pool)];
    lacks.push({ pool: pool.name, why: refusalMessage(choice) });
    return [];
  });
  return { possible, lacks };
}

function generalPool({ values }: StackConfiguration): Record<string, string> {
  const pool = parsed<object | undefined>(values["skyloom:generalPool"], undefined);
  return pool === undefined ? {} : { "skyloom:generalPool": JSON.stringify(withoutMachine(pool)) };
}

/** Machine types and zones have other names elsewhere. */
function withoutMachine(pool: object): object {
  return Object.fromEntries(Object.entries(pool).filter(([key]) => key !== "machineType" && key !== "zones"));
}

/** A program says what is wrong with its settings; here they only have to be readable. */
function parsed<Value>(json: string | undefined, otherwise: Value): Value {
  if (json === undefined) return otherwise;
  try {
    return JSON.parse(json) as Value;
  } catch (error) {
    throw new CannotRun(`the stack's configuration is no JSON: ${json}`, { cause: error });
  }
}
