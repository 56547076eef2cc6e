import { CustomResource } from "@pulumi/kubernetes/apiextensions/customResource.js";
import { Deployment } from "@pulumi/kubernetes/apps/v1/deployment.js";
import { ConfigMap } from "@pulumi/kubernetes/core/v1/configMap.js";
import { Namespace } from "@pulumi/kubernetes/core/v1/namespace.js";
import { Service } from "@pulumi/kubernetes/core/v1/service.js";
import { ServiceAccount } from "@pulumi/kubernetes/core/v1/serviceAccount.js";
import { Provider } from "@pulumi/kubernetes/provider.js";
import type { Input } from "@pulumi/pulumi";
import { variant } from "./variant.ts";

export function declareKubernetes(kubeconfig: Input<string>) {
  const provider = new Provider("cluster", { kubeconfig, clusterIdentifier: "skyloom-test" });
  const options = { provider };
  const space = new Namespace("skyloom", { metadata: { name: "skyloom" } }, options);
  const metadata = { name: "runtime", namespace: space.metadata.name };
  const account = new ServiceAccount("runtime", { metadata }, options);
  const labels = { app: "runtime" };
  const settings = new ConfigMap(
    "runtime",
    { metadata: { namespace: "skyloom" }, data: { LOG: "info" } },
    {
      ...options,
      dependsOn: space,
    },
  );
  const deployment = new Deployment(
    "runtime",
    {
      metadata,
      spec: {
        replicas: 1,
        selector: { matchLabels: labels },
        template: {
          metadata: { labels },
          spec: {
            serviceAccountName: account.metadata.name,
            containers: [
              {
                name: "runtime",
                image: variant.image ?? "example.com/runtime@sha256:0000",
                envFrom: [{ configMapRef: { name: settings.metadata.name } }],
              },
            ],
          },
        },
      },
    },
    options,
  );
  const service = new Service(
    "runtime",
    { metadata, spec: { selector: labels, ports: [{ port: 80 }] } },
    options,
  );
  new CustomResource(
    "scaler",
    {
      apiVersion: "keda.sh/v1alpha1",
      kind: "ScaledObject",
      metadata: { name: "runtime", namespace: space.metadata.name },
      spec: { scaleTargetRef: { name: deployment.metadata.name }, minReplicaCount: 0 },
    },
    options,
  );
  return { clusterIp: service.spec.clusterIP, ready: deployment.status.readyReplicas };
}
