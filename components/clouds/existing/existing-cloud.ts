import { Provider } from "@pulumi/kubernetes/provider.js";
import { output } from "@pulumi/pulumi";
import type { Cloud } from "../../cloud.ts";
import type { CloudSettings } from "../../cloud-settings.ts";
import { Foundation } from "../../foundation.ts";
import { createKubernetesCluster } from "../../kubernetes/create-kubernetes-cluster.ts";
import { describeBucket } from "./bucket.ts";
import { capabilities } from "./capabilities.ts";
import { createCredentials } from "./credentials.ts";
import { gpuNodesOf } from "./gpu-nodes.ts";
import { parts } from "./parts.ts";
import { planStack } from "./preflight.ts";
import { describeQueue } from "./queue.ts";
import { createRegistry } from "./registry.ts";
import { describeSecrets } from "./secrets.ts";

/**
 * A Kubernetes cluster that is there, with an S3-compatible bucket, an SQS-compatible queue and a registry by address;
 * what the stack makes is inside of one namespace.
 * @throws Error with every problem that can be known before anything is created.
 */
export async function createExistingCloud(settings: CloudSettings): Promise<Cloud> {
  const { existing, credentials, access } = await planStack(settings);
  const { namespace } = existing;
  const parent = new Foundation("existing", settings);
  const provider = new Provider(
    "kubernetes",
    { kubeconfig: access.path, context: access.context, clusterIdentifier: access.identifier },
    { parent },
  );
  const keys = createCredentials(credentials, namespace);
  const registry = createRegistry(settings, existing, parent);
  const cluster = createKubernetesCluster({
    parent,
    provider,
    cluster: undefined,
    dependsOn: [],
    kubeconfig: undefined,
    logs: output(`kubectl logs --namespace ${namespace} --selector app.kubernetes.io/part-of=skyloom`),
    namespace,
    namespaceLabels: settings.namespaceLabels,
    registry,
    storageClass: existing.storageClass,
    imagePullSecret: existing.imagePullSecret,
    gpuNodes: gpuNodesOf(settings.gpuPools, existing),
    createIdentity: () => ({ principal: undefined, dependsOn: [], files: keys.files }),
    createInNamespace: keys.create,
  });
  return {
    capabilities,
    parts,
    bucket: describeBucket(existing),
    queue: describeQueue(existing),
    secrets: describeSecrets(existing),
    cluster,
    registry,
  };
}
