import type { Cloud } from "../../cloud.ts";
import type { CloudSettings } from "../../cloud-settings.ts";
import { createKubernetesCluster } from "../../kubernetes/create-kubernetes-cluster.ts";
import { createBucket } from "./bucket.ts";
import { createBudget } from "./budget.ts";
import { capabilities } from "./capabilities.ts";
import { createAksCluster } from "./cluster.ts";
import { createClusterIdentities } from "./cluster-identities.ts";
import { keepContainerLogs } from "./container-logs.ts";
import { installDevicePlugin } from "./device-plugin.ts";
import { createFlowLogs } from "./flow-logs.ts";
import { createFoundation } from "./foundation.ts";
import { createIdentity } from "./identity.ts";
import { createLogs } from "./logs.ts";
import { createNetwork } from "./network.ts";
import { createNodePools, gpuNodes } from "./node-pools.ts";
import { parts } from "./parts.ts";
import { checkAzure } from "./preflight.ts";
import { createQueue } from "./queue.ts";
import { createRegistry } from "./registry.ts";
import { createSecrets } from "./secrets.ts";
import { createSecretsEncryption } from "./secrets-encryption.ts";
import { createStorage } from "./storage-account.ts";

const namespace = "skyloom";

/**
 * Azure as a cloud: AKS, a blob container, storage queues, a container registry, managed identities.
 * @throws Error with every problem that a look beforehand finds, before anything is declared.
 */
export async function createAzureCloud(settings: CloudSettings): Promise<Cloud> {
  const context = createFoundation(settings, await checkAzure(settings));
  createBudget(context);
  const logs = createLogs(context);
  const network = createNetwork(context);
  createFlowLogs(context, network);
  const storage = createStorage(context, network, logs);
  const bucket = createBucket(context, storage);
  const queue = createQueue(context, storage);
  const secrets = createSecrets(context, network, logs);
  const registry = createRegistry(context, logs);
  const identities = createClusterIdentities(context, network, registry);
  const encryption = createSecretsEncryption(context, identities.controlPlane, logs);
  const aks = createAksCluster(context, { network, identities, encryption, logs });
  const pools = createNodePools(context, aks, network);
  const ready = [...aks.dependsOn, ...pools, ...storage.dependsOn, ...secrets.dependsOn];
  if (settings.gpuPools.length > 0) installDevicePlugin(context, aks, ready);
  keepContainerLogs(context, aks, logs, namespace);
  const cluster = createKubernetesCluster({
    parent: context.parent,
    provider: aks.provider,
    cluster: aks.resource,
    dependsOn: ready,
    kubeconfig: aks.kubeconfig,
    logs: logs.address,
    namespace,
    namespaceLabels: settings.namespaceLabels,
    gpuNodes,
    registry,
    createIdentity: (workload, serviceAccount) =>
      createIdentity(context, aks.issuer, workload, serviceAccount),
  });
  return { capabilities, parts, bucket, queue, secrets, cluster, registry };
}
