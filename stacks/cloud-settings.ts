import type { CloudSettings, Environment } from "../components/cloud-settings.ts";
import { meshLabels } from "../components/platform/mesh.ts";
import { neededKinds } from "../components/platform/needed-kinds.ts";
import type { StackConfiguration } from "./configuration.ts";
import { transform } from "./transform.ts";

/** What a stack gets where its configuration is silent, by how it is used. */
const defaults = {
  development: {
    generalPool: { minimum: 1, maximum: 3, diskGib: 50 },
    spot: true,
    deletionProtection: false,
    retainData: false,
    logRetentionDays: 30,
  },
  staging: {
    generalPool: { minimum: 2, maximum: 4, diskGib: 50 },
    spot: false,
    deletionProtection: false,
    retainData: true,
    logRetentionDays: 30,
  },
  production: {
    generalPool: { minimum: 3, maximum: 10, diskGib: 100 },
    spot: false,
    deletionProtection: true,
    retainData: true,
    logRetentionDays: 90,
  },
} satisfies Record<Environment, object>;

export interface Place {
  stack: string;
  projectFolder: string;
  stateFolder: string;
}

/** The configuration with the environment's defaults, as a cloud takes it. */
export function cloudSettings(configuration: StackConfiguration, place: Place): CloudSettings {
  const { environment, gpuPools, publicEndpoint, owner, costCentre } = configuration;
  const { generalPool, spot, deletionProtection, retainData, logRetentionDays } = defaults[environment];
  return {
    ...place,
    environment,
    port: configuration.port,
    queue: {
      maximumDeliveries: configuration.maximumDeliveries,
      visibilitySeconds: configuration.visibilitySeconds,
    },
    region: configuration.region,
    generalPool: configuration.generalPool ?? generalPool,
    gpuPools: gpuPools.map((pool) => ({ ...pool, spot: pool.spot ?? spot })),
    publicEndpoint,
    budget: configuration.budget,
    image: configuration.image,
    deletionProtection: configuration.deletionProtection ?? deletionProtection,
    retainData: configuration.retainData ?? retainData,
    existing: configuration.existing,
    namespaceLabels: meshLabels(configuration.mesh),
    neededKinds: neededKinds(configuration),
    roles: {
      ofNamespace: configuration.containers !== undefined,
      ofCluster: configuration.containers?.seesCluster === true,
    },
    logRetentionDays: configuration.logRetentionDays ?? logRetentionDays,
    tags: {
      project: "skyloom",
      stack: place.stack,
      owner: owner ?? "unknown",
      "cost-centre": costCentre ?? "unknown",
    },
    transform,
  };
}
