import { Provider } from "@pulumi/kubernetes/provider.js";
import { output } from "@pulumi/pulumi";
import type { Cloud } from "../../cloud.ts";
import type { CloudSettings } from "../../cloud-settings.ts";
import { createKubernetesCluster } from "../../kubernetes/create-kubernetes-cluster.ts";
import { createClusterAddons, createNodeAddons } from "./addons.ts";
import { createBucket } from "./bucket.ts";
import { createBudget } from "./budget.ts";
import { capabilities } from "./capabilities.ts";
import { createCluster } from "./cluster.ts";
import { createClusterAccess } from "./cluster-access.ts";
import { createDevicePlugins } from "./device-plugin.ts";
import { createFoundation } from "./foundation.ts";
import { createIdentity } from "./identity.ts";
import { createKeys } from "./keys.ts";
import { clusterKubeconfig } from "./kubeconfig.ts";
import { createLogs } from "./logs.ts";
import { createNetwork } from "./network.ts";
import { createNodeAutoscaler } from "./node-autoscaler.ts";
import { createNodePools } from "./node-pools.ts";
import { parts } from "./parts.ts";
import { planStack } from "./preflight.ts";
import { createQueue } from "./queue.ts";
import { createRegistry } from "./registry.ts";
import { describeSecrets } from "./secrets.ts";

/**
 * AWS: EKS, S3, SQS, ECR, Pod Identity, in one account and region.
 * @throws Error with every problem that can be known before anything is created.
 */
export async function createAwsCloud(settings: CloudSettings): Promise<Cloud> {
  const plan = await planStack(settings);
  const context = createFoundation(settings, plan);
  const { parent } = context;
  const keys = createKeys(context);
  const logs = createLogs(context, keys);
  const network = createNetwork(context, logs);
  const eks = createCluster(context, { network, keys, logs });
  const access = createClusterAccess(context, eks);
  const nodeAddons = createNodeAddons(context, eks);
  const pools = createNodePools(context, { cluster: eks, network, addons: nodeAddons });
  const addons = createClusterAddons(context, eks, pools);
  const registry = createRegistry(context, keys);
  const bucket = createBucket(context, keys);
  const queue = createQueue(context, keys);
  const secrets = describeSecrets(context, keys);
  createBudget(context);

  const kubeconfig = clusterKubeconfig(eks, context.region);
  const provider = new Provider(
    "kubernetes",
    { kubeconfig, clusterIdentifier: eks.arn },
    { parent, dependsOn: [...access, ...pools] },
  );
  createDevicePlugins(settings.gpuPools, { provider, cluster: eks, parent });
  createNodeAutoscaler(context, { provider, cluster: eks, agent: nodeAddons, pools });
  const cluster = createKubernetesCluster({
    parent,
    provider,
    cluster: eks,
    dependsOn: [...pools, ...addons],
    kubeconfig,
    logs: output(logs.address),
    namespace: "skyloom",
    namespaceLabels: settings.namespaceLabels,
    registry,
    createIdentity: (workload, serviceAccount) =>
      createIdentity(context, eks, nodeAddons, workload, serviceAccount),
  });
  return { capabilities, parts, bucket, queue, secrets, cluster, registry };
}
