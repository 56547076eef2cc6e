import { Provider } from "@pulumi/kubernetes/provider.js";
import type { Cloud } from "../../cloud.ts";
import type { CloudSettings } from "../../cloud-settings.ts";
import { createKubernetesCluster } from "../../kubernetes/create-kubernetes-cluster.ts";
import { createBucket } from "./bucket.ts";
import { createBudget } from "./budget.ts";
import { capabilities } from "./capabilities.ts";
import { createCluster } from "./cluster.ts";
import { createFoundation } from "./foundation.ts";
import { createIdentity } from "./identity.ts";
import { createKeys } from "./keys.ts";
import { clusterKubeconfig } from "./kubeconfig.ts";
import { createLogs } from "./logs.ts";
import { createNetwork } from "./network.ts";
import { createNodeAccount } from "./node-account.ts";
import { createNodePools } from "./node-pools.ts";
import { parts } from "./parts.ts";
import { planStack } from "./preflight.ts";
import { createQueue } from "./queue.ts";
import { createRegistry } from "./registry.ts";
import { describeSecrets } from "./secrets.ts";
import { createServiceAgents } from "./service-agents.ts";
import { enableServices } from "./services.ts";

/**
 * Google Cloud: GKE, Cloud Storage, Pub/Sub, Artifact Registry, Workload Identity, in one project and region.
 * @throws Error with every problem that can be known before anything is created.
 */
export async function createGcpCloud(settings: CloudSettings): Promise<Cloud> {
  const plan = await planStack(settings);
  const context = createFoundation(settings, plan);
  const enabled = enableServices(context);
  const agents = createServiceAgents(context, enabled);
  const keys = context.production ? createKeys(context, enabled, agents) : undefined;
  const network = createNetwork(context, enabled);
  const registry = createRegistry(context, enabled, keys);
  const nodeAccount = createNodeAccount(context, enabled, registry);
  const gke = createCluster(context, { network, nodeAccount, keys, enabled });
  const pools = createNodePools(context, gke, nodeAccount);
  const bucket = createBucket(context, enabled, keys);
  const queue = createQueue({ context, enabled, keys, agent: agents.pubsub });
  const logs = createLogs(context, enabled);
  const secrets = describeSecrets(context, enabled);
  createBudget(context, enabled);

  const kubeconfig = clusterKubeconfig(gke);
  const provider = new Provider(
    "kubernetes",
    { kubeconfig, clusterIdentifier: gke.id },
    { parent: context.parent, dependsOn: pools },
  );
  const cluster = createKubernetesCluster({
    parent: context.parent,
    provider,
    cluster: gke,
    dependsOn: pools,
    kubeconfig,
    logs,
    namespace: "skyloom",
    namespaceLabels: settings.namespaceLabels,
    registry,
    createIdentity: (workload, serviceAccount) => createIdentity(context, gke, workload, serviceAccount),
  });
  return { capabilities, parts, bucket, queue, secrets, cluster, registry };
}
