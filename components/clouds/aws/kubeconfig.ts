import type { Cluster } from "@pulumi/aws/eks/cluster.js";
import { all, type Output, secret } from "@pulumi/pulumi";
import { kubeconfigWith } from "../../kubernetes/kubeconfig.ts";

/** A kubeconfig without credentials of its own: the AWS command line makes a token from the login. A secret. */
export function clusterKubeconfig(cluster: Cluster, region: string): Output<string> {
  const text = all([cluster.name, cluster.endpoint, cluster.certificateAuthority]).apply(
    ([name, url, { data }]) =>
      kubeconfigWith(
        {
          command: "aws",
          args: ["eks", "get-token", "--cluster-name", name, "--region", region, "--output", "json"],
          installHint: "install the AWS command line, version 2, and log in",
          interactiveMode: "Never",
        },
        { name, url, certificateAuthority: data },
      ),
  );
  return secret(text);
}
