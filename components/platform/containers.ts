import { NetworkPolicy } from "@pulumi/kubernetes/networking/v1/networkPolicy.js";
import { ClusterRole } from "@pulumi/kubernetes/rbac/v1/clusterRole.js";
import { ClusterRoleBinding } from "@pulumi/kubernetes/rbac/v1/clusterRoleBinding.js";
import { Role } from "@pulumi/kubernetes/rbac/v1/role.js";
import { RoleBinding } from "@pulumi/kubernetes/rbac/v1/roleBinding.js";
import type { CustomResourceOptions, Resource } from "@pulumi/pulumi";
import type { Cloud, GeneralPoolSettings, GpuPoolSettings, KubernetesAccess } from "../cloud.ts";
import { capacityRules, containerRules } from "./container-rights.ts";

/** `skyloom:containers`: tasks of workflows run containers as Jobs of the stack's namespace. */
export interface ContainersSettings {
  /** Where containers may connect to, beside the cluster's DNS. Default `internet`: public addresses only. */
  egress: "none" | "internet" | "all";
  /** Whether the runtime may see nodes and pods of the whole cluster, to tell how much room there is. Default: no. */
  seesCluster: boolean;
  /** A LocalQueue of Kueue in the namespace, which Jobs wait in. Default: none. */
  queue?: string | undefined;
}

export interface ContainerPools {
  gpuPools: GpuPoolSettings[];
  /** Nodes without accelerators; undefined: nothing is known of them. */
  generalPool?: GeneralPoolSettings | undefined;
}

/** The workload that starts them, by the service account of its name. */
const RUNTIME = "runtime";
/** Of their pods (runtime/containers/kubernetes/job.ts). */
export const containerPodLabels = { "app.kubernetes.io/name": "container-task" };
/** Where a node tells its pods who it is, its credentials among it. */
const LINK_LOCAL = "169.254.0.0/16";
const PRIVATE = ["10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "100.64.0.0/10"];

/**
 * Lets the runtime run the containers of tasks, and those reach what the settings say.
 * @returns what must be there before the runtime starts
 */
export function allowContainers(
  { cluster: { kubernetes } }: Pick<Cloud, "cluster">,
  settings: ContainersSettings | undefined,
): Resource[] {
  if (kubernetes === undefined || settings === undefined) return [];
  const options = { ...kubernetes.options, dependsOn: kubernetes.dependsOn };
  const granted = [
    ...grantInNamespace(kubernetes, options),
    ...(settings.seesCluster ? grantInCluster(kubernetes, options) : []),
  ];
  if (settings.egress !== "none") allowEgress(kubernetes, settings.egress, options);
  return granted;
}

/** Variables of the runtime that starts them; `none` where a cluster's stack has them off. */
export function containerEnvironment(
  { cluster: { kubernetes }, capabilities }: Pick<Cloud, "cluster" | "capabilities">,
  settings: ContainersSettings | undefined,
  pools: ContainerPools,
): Record<string, string> {
  if (kubernetes === undefined) return {};
  if (settings === undefined) return { SKYLOOM_CONTAINERS: "none" };
  const hasOwnNodes = capabilities.foundation.supported;
  return {
    SKYLOOM_CONTAINERS: "kubernetes",
    SKYLOOM_NODE_POOLS: JSON.stringify(nodePools(kubernetes, pools, hasOwnNodes)),
    ...(settings.queue !== undefined && { SKYLOOM_CONTAINER_QUEUE: settings.queue }),
  };
}

/** As runtime/capacity/node-pools.ts takes them. */
function nodePools(
  kubernetes: KubernetesAccess,
  { gpuPools, generalPool }: ContainerPools,
  hasOwnNodes: boolean,
): object[] {
  const gpus = gpuPools.map(({ name, accelerator, count, maximum, sharing }) => {
    const { nodeSelector, tolerations } = kubernetes.gpuNodes(name);
    const shares = sharing.mode === "timeSlicing" ? sharing.replicas : 1;
    return { name, labels: nodeSelector, accelerator, tolerations, gpus: count * shares, maximum };
  });
  if (generalPool === undefined || !hasOwnNodes) return gpus;
  const labels = { "skyloom.dev/pool": "general" };
  return [{ name: "general", labels, maximum: generalPool.maximum }, ...gpus];
}

function grantInNamespace({ namespace }: KubernetesAccess, options: CustomResourceOptions): Resource[] {
  const metadata = { name: "runtime-containers", namespace };
  const role = new Role("runtime-containers", { metadata, rules: containerRules }, options);
  const binding = new RoleBinding(
    "runtime-containers",
    {
      metadata,
      roleRef: { apiGroup: "rbac.authorization.k8s.io", kind: "Role", name: metadata.name },
      subjects: [{ kind: "ServiceAccount", name: RUNTIME, namespace }],
    },
    options,
  );
  return [role, binding];
}

function grantInCluster({ namespace }: KubernetesAccess, options: CustomResourceOptions): Resource[] {
  // Objects of the whole cluster have names of the whole cluster.
  const metadata = { name: `${namespace}-runtime-capacity` };
  const role = new ClusterRole("runtime-capacity", { metadata, rules: capacityRules }, options);
  const binding = new ClusterRoleBinding(
    "runtime-capacity",
    {
      metadata,
      roleRef: { apiGroup: "rbac.authorization.k8s.io", kind: "ClusterRole", name: metadata.name },
      subjects: [{ kind: "ServiceAccount", name: RUNTIME, namespace }],
    },
    options,
  );
  return [role, binding];
}

function allowEgress(
  { namespace }: KubernetesAccess,
  egress: "internet" | "all",
  options: CustomResourceOptions,
): void {
  const except = [LINK_LOCAL, ...(egress === "internet" ? PRIVATE : [])];
  new NetworkPolicy(
    "container-tasks",
    {
      metadata: { name: "container-tasks", namespace },
      spec: {
        podSelector: { matchLabels: containerPodLabels },
        policyTypes: ["Egress"],
        egress: [{ to: [{ ipBlock: { cidr: "0.0.0.0/0", except } }] }],
      },
    },
    options,
  );
}
