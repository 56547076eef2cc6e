import type { Provider } from "@pulumi/kubernetes/provider.js";
import type { CustomResourceOptions, Output, Resource } from "@pulumi/pulumi";
import type { Address, Cluster, GpuNodes, Registry } from "../cloud.ts";
import { deployWorkload } from "./deploy-workload.ts";
import { createIdentities, type IdentityFiles } from "./identities.ts";
import { createNamespace } from "./namespace.ts";
import { dataFolder, secretFolder } from "./pod.ts";

/** A workload's identity at the cloud, and what ties its Kubernetes service account to it. */
export interface CloudIdentity {
  /** Undefined: it has none there. */
  principal: Output<string> | undefined;
  /** Must exist before a pod can act as the identity. */
  dependsOn: Resource[];
  /** On the service account. */
  annotations?: Record<string, Output<string>>;
  /** On the pods. */
  podLabels?: Record<string, string>;
  /** Files of its pods and variables that point to them, e.g. credentials of a service that knows no identities. */
  files?: IdentityFiles;
}

export interface KubernetesClusterSettings {
  /** Parent of the objects; what it transforms reaches them as well. */
  parent: Resource;
  /** Reaches the cluster; carries a cluster identifier, so that a changed kubeconfig replaces nothing. */
  provider: Provider;
  /** Objects in the cluster go with it: they are not deleted one by one when it is. Undefined: it stays. */
  cluster: Resource | undefined;
  /** Node pools and whatever else must be there before a pod can run. */
  dependsOn: Resource[];
  /** A secret; undefined: whoever has the cluster has it. */
  kubeconfig: Output<string> | undefined;
  logs: Output<string>;
  namespace: string;
  /** Of the namespace, besides those of the Pod Security Standards. */
  namespaceLabels?: Record<string, string> | undefined;
  registry: Registry;
  /** Default: the cluster's own. */
  storageClass?: string | undefined;
  /** Where the pods that ask for a GPU of that pool go. Default: nodes with the label `skyloom.dev/pool`. */
  gpuNodes?(pool: string): GpuNodes;
  /** A secret of the namespace by which images are pulled. Default: none is needed. */
  imagePullSecret?: string | undefined;
  /** Makes what workloads of this cloud share in the namespace. Default: nothing. */
  createInNamespace?(options: CustomResourceOptions): Resource[];
  /** Makes the cloud's side of a workload's identity; called once a workload. */
  createIdentity(workload: string, serviceAccount: { namespace: string; name: string }): CloudIdentity;
}

/** Ports inside the cluster; each workload has an address of its own there. */
const ports: Record<string, Record<string, number>> = {
  runtime: { http: 8080, workflows: 8084 },
  worker: { http: 8080 },
  restate: { ingress: 8080, admin: 9070, node: 5122 },
};

/** What every GPU pool's nodes carry; GKE, EKS and AKS pools of ours alike. */
export function labelledGpuNodes(pool: string): GpuNodes {
  return {
    nodeSelector: { "skyloom.dev/pool": pool },
    tolerations: [{ key: "nvidia.com/gpu", operator: "Exists", effect: "NoSchedule" }],
  };
}

/** A Kubernetes cluster of any cloud as the port's cluster. */
export function createKubernetesCluster(settings: KubernetesClusterSettings): Cluster {
  const { parent, provider, cluster, namespace, gpuNodes = labelledGpuNodes } = settings;
  const options = {
    provider,
    parent,
    ...(cluster !== undefined && { deletedWith: cluster }),
  };
  const space = createNamespace(namespace, settings.namespaceLabels, {
    ...options,
    dependsOn: settings.dependsOn,
  });
  const shared = settings.createInNamespace?.({ ...options, dependsOn: [space] }) ?? [];
  const identities = createIdentities({ ...settings, options, dependsOn: [space, ...shared] });

  const address = (workload: string, name: string): Address => {
    // There is a worker for each GPU pool, worker-POOL.
    const port = ports[workload.startsWith("worker-") ? "worker" : workload]?.[name];
    if (port === undefined) throw new Error(`the platform has no port "${name}" of a workload "${workload}"`);
    return { host: "0.0.0.0", port, url: `http://${workload}.${namespace}.svc:${port}` };
  };

  return {
    address,
    identity: (workload) => identities.of(workload),
    dataFolder,
    secretFolder,
    replicas(workload, port, count) {
      const one = (name: string) =>
        `http://${name}.${workload}-replicas.${namespace}.svc:${address(workload, port).port}`;
      const all = Array.from({ length: count }, (_, index) => one(`${workload}-${index}`));
      return { name: "$(POD_NAME)", url: one("$(POD_NAME)"), all };
    },
    deploy: (workload) =>
      deployWorkload(workload, {
        options,
        namespace,
        space,
        address,
        gpuNodes,
        image: settings.registry.image,
        storageClass: settings.storageClass,
        imagePullSecret: settings.imagePullSecret,
        identity: identities.detailsOf(workload.name),
      }),
    kubernetes: {
      namespace,
      options,
      dependsOn: [space, ...settings.dependsOn],
      gpuNodes,
      partIdentity(name, serviceAccount) {
        const { principal, dependsOn, annotations = {} } = settings.createIdentity(name, serviceAccount);
        return { name, principal, dependsOn, annotations };
      },
    },
    logs: settings.logs,
    kubeconfig: settings.kubeconfig,
  };
}
