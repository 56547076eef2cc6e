import type { Cluster } from "@pulumi/gcp/container/cluster.js";
import { all, type Output, secret } from "@pulumi/pulumi";

/** A kubeconfig without credentials of its own: gke-gcloud-auth-plugin takes those of the login. A secret. */
export function clusterKubeconfig(cluster: Cluster): Output<string> {
  const text = all([cluster.name, cluster.endpoint, cluster.masterAuth]).apply(
    ([name, endpoint, { clusterCaCertificate }]) =>
      JSON.stringify({
        apiVersion: "v1",
        kind: "Config",
        clusters: [
          {
            name,
            cluster: {
              server: `https://${endpoint}`,
              "certificate-authority-data": clusterCaCertificate,
            },
          },
        ],
        contexts: [{ name, context: { cluster: name, user: name } }],
        "current-context": name,
        users: [
          {
            name,
            user: {
              exec: {
                apiVersion: "client.authentication.k8s.io/v1beta1",
                command: "gke-gcloud-auth-plugin",
                installHint: "gcloud components install gke-gcloud-auth-plugin",
                provideClusterInfo: true,
              },
            },
          },
        ],
      }),
  );
  return secret(text);
}
