import { Deployment } from "@pulumi/kubernetes/apps/v1/deployment.js";
import { StatefulSet } from "@pulumi/kubernetes/apps/v1/statefulSet.js";
import { Secret } from "@pulumi/kubernetes/core/v1/secret.js";
import { Service } from "@pulumi/kubernetes/core/v1/service.js";
import { PodDisruptionBudget } from "@pulumi/kubernetes/policy/v1/podDisruptionBudget.js";
import type { CustomResourceOptions, Output, Resource } from "@pulumi/pulumi";
import type { Address, DeployedWorkload, GpuNodes, Workload } from "../cloud.ts";
import type { IdentityDetails } from "./identities.ts";
import { podLabels, podTemplate, secretNames } from "./pod.ts";
import { scaleOnQueue } from "./scale-on-queue.ts";
import { allowConnections } from "./workload-network.ts";

export interface DeploymentSettings {
  /** Parent, provider and whose deletion stands for the objects' own. */
  options: CustomResourceOptions;
  namespace: string;
  /** The namespace. */
  space: Resource;
  image: Output<string>;
  storageClass: string | undefined;
  imagePullSecret: string | undefined;
  identity: IdentityDetails;
  address(workload: string, port: string): Address;
  gpuNodes(pool: string): GpuNodes;
}

/**
 * The objects of a workload: pods of the stack's image under the restricted profile, as a StatefulSet where each keeps
 * a folder and else as a Deployment; a Service, secrets, and what protects them.
 */
export function deployWorkload(workload: Workload, settings: DeploymentSettings): DeployedWorkload {
  const { name } = workload;
  const metadata = { name, namespace: settings.namespace, labels: podLabels(name) };
  const before = [...workload.identity.dependsOn, settings.space];
  const options = { ...settings.options, dependsOn: before };
  const secrets = createSecrets(workload, settings, options);
  createServices(workload, settings, options);
  allowConnections(workload, settings, options);
  const afterAll = {
    ...options,
    dependsOn: [...before, ...secrets, ...(workload.dependsOn ?? [])],
  };
  const resource =
    workload.storageGib === undefined
      ? createDeployment(workload, settings, afterAll)
      : createStatefulSet(workload, workload.storageGib, settings, afterAll);
  if (typeof workload.replicas === "object")
    scaleOnQueue(name, workload.replicas, {
      namespace: settings.namespace,
      options,
      workload: resource,
    });
  if (keepsSome(workload))
    new PodDisruptionBudget(
      name,
      { metadata, spec: { maxUnavailable: 1, selector: { matchLabels: podLabels(name) } } },
      options,
    );
  return { name, resource };
}

/** One replica that may not be evicted would block every drain of its node. */
function keepsSome({ replicas = 1 }: Workload): boolean {
  return typeof replicas === "object" || replicas > 1;
}

function createDeployment(
  workload: Workload,
  settings: DeploymentSettings,
  options: CustomResourceOptions,
): Deployment {
  const { name, replicas = 1 } = workload;
  const labels = podLabels(name);
  return new Deployment(
    name,
    {
      metadata: {
        name,
        namespace: settings.namespace,
        labels,
        // Its number of replicas is the autoscaler's, and may wait for a node that is not there yet.
        ...(typeof replicas === "object" && { annotations: { "pulumi.com/skipAwait": "true" } }),
      },
      spec: {
        // A number here would fight with the autoscaler over it at every update.
        ...(typeof replicas === "number" && { replicas }),
        selector: { matchLabels: labels },
        // Never fewer than asked for, and each new one is ready before an old one goes.
        strategy: { type: "RollingUpdate", rollingUpdate: { maxUnavailable: 0, maxSurge: 1 } },
        template: podTemplate(workload, settings),
      },
    },
    options,
  );
}

function createStatefulSet(
  workload: Workload,
  storageGib: number,
  settings: DeploymentSettings,
  options: CustomResourceOptions,
): StatefulSet {
  const { name, replicas = 1 } = workload;
  const { namespace, storageClass } = settings;
  const labels = podLabels(name);
  if (typeof replicas !== "number")
    throw new Error(`workload ${name} keeps data, so its replicas must be a number`);
  return new StatefulSet(
    name,
    {
      metadata: { name, namespace, labels },
      spec: {
        replicas,
        serviceName: `${name}-replicas`,
        // They wait for each other to be ready, so none may wait for the one before it.
        podManagementPolicy: "Parallel",
        selector: { matchLabels: labels },
        template: podTemplate(workload, settings),
        volumeClaimTemplates: [
          {
            metadata: { name: "data", labels },
            spec: {
              accessModes: ["ReadWriteOnce"],
              ...(storageClass !== undefined && { storageClassName: storageClass }),
              resources: { requests: { storage: `${storageGib}Gi` } },
            },
          },
        ],
      },
    },
    options,
  );
}

function createSecrets(
  { name, secrets = {}, secretFiles = {} }: Workload,
  { namespace }: DeploymentSettings,
  options: CustomResourceOptions,
): Resource[] {
  const contents = { [secretNames.environment(name)]: secrets, [secretNames.files(name)]: secretFiles };
  return Object.entries(contents)
    .filter(([, stringData]) => Object.keys(stringData).length > 0)
    .map(([secret, stringData]) => {
      const metadata = { name: secret, namespace, labels: podLabels(name) };
      return new Secret(secret, { metadata, stringData }, options);
    });
}

function createServices(
  workload: Workload,
  { namespace, address }: DeploymentSettings,
  options: CustomResourceOptions,
): void {
  const { name } = workload;
  if (workload.ports.length === 0 || workload.callers === undefined) return;
  const labels = podLabels(name);
  // Pods come when the workload does; nobody need wait here until they are ready.
  const annotations = { "pulumi.com/skipAwait": "true" };
  const ports = workload.ports.map((port) => ({ name: port, port: address(name, port).port }));
  new Service(
    name,
    { metadata: { name, namespace, labels, annotations }, spec: { selector: labels, ports } },
    options,
  );
  if (workload.storageGib === undefined) return;
  new Service(
    `${name}-replicas`,
    {
      metadata: { name: `${name}-replicas`, namespace, labels, annotations },
      // Replicas find each other before they are ready, which they only are together.
      spec: { clusterIP: "None", publishNotReadyAddresses: true, selector: labels, ports },
    },
    options,
  );
}
