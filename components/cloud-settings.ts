import type { ResourceTransform } from "@pulumi/pulumi";
import type {
  BudgetSettings,
  GeneralPoolSettings,
  GpuPoolSettings,
  PublicEndpointSettings,
  QueueSettings,
} from "./cloud.ts";
import type { ExistingSettings } from "./clouds/existing/settings.ts";

/** How a stack is used; production is protected, redundant and never on spot machines by default. */
export type Environment = "development" | "staging" | "production";

/** A kind of object that a cluster must know, e.g. `gateways.gateway.networking.k8s.io`. */
export interface NeededKind {
  /** Of `skyloom:`, which asks for it. */
  setting: string;
  resource: string;
  /** For whom it is missing: how it comes. */
  bring: string;
}

/** What a cloud is made from: the stack's configuration, complete and checked. */
export interface CloudSettings {
  /** Name of the stack; part of the names of its resources. */
  stack: string;
  /** Absolute path of the project. */
  projectFolder: string;
  /** Absolute path of the folder for state that is not in a cloud. */
  stateFolder: string;
  environment: Environment;
  /** First of the ports of a stack on this machine; other clouds do not use it. */
  port: number;
  queue: QueueSettings;
  /** The cloud's own name, e.g. `eu-west-1`; undefined on this machine. */
  region: string | undefined;
  generalPool: GeneralPoolSettings;
  gpuPools: GpuPoolSettings[];
  publicEndpoint: PublicEndpointSettings;
  budget: BudgetSettings | undefined;
  /** `repository@sha256:…`; undefined: built from runtime/Dockerfile and pushed to the stack's registry. */
  image: string | undefined;
  /**
   * Nothing can delete the cluster, the data, their keys and the registry: neither the engine nor, where the cloud has a
   * protection of its own, anybody else. Default: true in production.
   */
  deletionProtection: boolean;
  /**
   * A destroy leaves bucket, queues and the key that encrypts them in the cloud, and forgets them. False: they go, with
   * what they hold. Default: false in development.
   */
  retainData: boolean;
  /** Of the stack's namespace in the cluster, e.g. the one by which a mesh takes its pods in. Default: none. */
  namespaceLabels?: Record<string, string> | undefined;
  /** Roles that the stack gives to its runtime: in its namespace, and in the whole cluster. Default: none. */
  roles?: { ofNamespace: boolean; ofCluster: boolean };
  /** What a cluster that is there must know already. Default: nothing. */
  neededKinds?: NeededKind[];
  /** A cluster that is there; undefined for every other cloud. */
  existing?: ExistingSettings | undefined;
  /** Days that logs are kept. */
  logRetentionDays: number;
  /** Put on everything that bills, as tags or labels: project, stack, owner, cost-centre. */
  tags: Record<"project" | "stack" | "owner" | "cost-centre", string>;
  /** The escape hatch: sees and may change the inputs and options of every resource before it is registered. */
  transform: ResourceTransform | undefined;
}
