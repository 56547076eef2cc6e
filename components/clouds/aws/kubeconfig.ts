import type { Cluster } from "@pulumi/aws/eks/cluster.js";
import { all, type Output, secret } from "@pulumi/pulumi";

/** A kubeconfig without credentials of its own: the AWS command line makes a token from the login. A secret. */
export function clusterKubeconfig(cluster: Cluster, region: string): Output<string> {
  const text = all([cluster.name, cluster.endpoint, cluster.certificateAuthority]).apply(
    ([name, endpoint, { data }]) =>
      JSON.stringify({
        apiVersion: "v1",
        kind: "Config",
        clusters: [{ name, cluster: { server: endpoint, "certificate-authority-data": data } }],
        contexts: [{ name, context: { cluster: name, user: name } }],
        "current-context": name,
        users: [
          {
            name,
            user: {
              exec: {
                apiVersion: "client.authentication.k8s.io/v1beta1",
                command: "aws",
                args: ["eks", "get-token", "--cluster-name", name, "--region", region, "--output", "json"],
                installHint: "install the AWS command line, version 2, and log in",
                interactiveMode: "Never",
              },
            },
          },
        ],
      }),
  );
  return secret(text);
}
