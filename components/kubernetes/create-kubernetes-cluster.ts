import { Namespace } from "@pulumi/kubernetes/core/v1/namespace.js";
import { ServiceAccount } from "@pulumi/kubernetes/core/v1/serviceAccount.js";
import type { Provider } from "@pulumi/kubernetes/provider.js";
import type { Output, Resource } from "@pulumi/pulumi";
import type { Address, Cluster, Registry, WorkloadIdentity } from "../cloud.ts";
import { deployWorkload } from "./deploy-workload.ts";

/** A workload's identity at the cloud, and what ties its Kubernetes service account to it. */
export interface CloudIdentity {
  principal: Output<string>;
  /** Must exist before a pod can act as the identity. */
  dependsOn: Resource[];
  /** On the service account. */
  annotations?: Record<string, Output<string>>;
  /** On the pods. */
  podLabels?: Record<string, string>;
}

export interface KubernetesClusterSettings {
  /** Parent of the objects; what it transforms reaches them as well. */
  parent: Resource;
  /** Reaches the cluster; carries a cluster identifier, so that a changed kubeconfig replaces nothing. */
  provider: Provider;
  /** Objects in the cluster go with it: they are not deleted one by one when it is. */
  cluster: Resource;
  /** Node pools and whatever else must be there before a pod can run. */
  dependsOn: Resource[];
  /** A secret. */
  kubeconfig: Output<string>;
  logs: Output<string>;
  namespace: string;
  registry: Registry;
  /** Makes the cloud's side of a workload's identity; called once a workload. */
  createIdentity(workload: string, serviceAccount: { namespace: string; name: string }): CloudIdentity;
}

/** Ports inside the cluster; each workload has an address of its own there. */
const ports: Record<string, Record<string, number>> = {
  runtime: { http: 8080, workflows: 8084 },
};

/** A Kubernetes cluster of any cloud as the port's cluster. */
export function createKubernetesCluster(settings: KubernetesClusterSettings): Cluster {
  const { parent, provider, cluster, namespace } = settings;
  const inCluster = { parent, provider, deletedWith: cluster };
  const space = new Namespace(
    "namespace",
    {
      metadata: {
        name: namespace,
        labels: {
          "pod-security.kubernetes.io/enforce": "restricted",
          "pod-security.kubernetes.io/warn": "restricted",
        },
      },
    },
    { ...inCluster, dependsOn: settings.dependsOn },
  );
  const identities = new Map<string, WorkloadIdentity & Pick<CloudIdentity, "podLabels">>();

  const address = (workload: string, name: string): Address => {
    const port = ports[workload]?.[name];
    if (port === undefined) throw new Error(`the platform has no port "${name}" of a workload "${workload}"`);
    return { host: "0.0.0.0", port, url: `http://${workload}.${namespace}.svc:${port}` };
  };

  function identity(workload: string): WorkloadIdentity {
    const known = identities.get(workload);
    if (known !== undefined) return known;
    const made = settings.createIdentity(workload, { namespace, name: workload });
    const serviceAccount = new ServiceAccount(
      workload,
      {
        metadata: { name: workload, namespace, ...(made.annotations && { annotations: made.annotations }) },
        automountServiceAccountToken: false,
      },
      { ...inCluster, dependsOn: [space] },
    );
    const created = {
      name: workload,
      principal: made.principal,
      // Grants add themselves here: a pod that starts before them would be refused for its first minutes.
      dependsOn: [serviceAccount, ...made.dependsOn],
      podLabels: made.podLabels ?? {},
    };
    identities.set(workload, created);
    return created;
  }

  return {
    address,
    identity,
    dataFolder(workload) {
      throw new Error(`${workload} asks for a folder of its own; this cluster offers none yet`);
    },
    deploy: (workload) =>
      deployWorkload(workload, {
        ...inCluster,
        namespace,
        image: settings.registry.image,
        address,
        podLabels: identities.get(workload.name)?.podLabels ?? {},
      }),
    logs: settings.logs,
    kubeconfig: settings.kubeconfig,
  };
}
