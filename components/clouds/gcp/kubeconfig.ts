import type { Cluster } from "@pulumi/gcp/container/cluster.js";
import { all, type Output, secret } from "@pulumi/pulumi";
import { kubeconfigWith } from "../../kubernetes/kubeconfig.ts";

/** A kubeconfig without credentials of its own: gke-gcloud-auth-plugin takes those of the login. A secret. */
export function clusterKubeconfig(cluster: Cluster): Output<string> {
  const text = all([cluster.name, cluster.endpoint, cluster.masterAuth]).apply(
    ([name, endpoint, { clusterCaCertificate }]) =>
      kubeconfigWith(gcloudPlugin, {
        name,
        url: `https://${endpoint}`,
        certificateAuthority: clusterCaCertificate,
      }),
  );
  return secret(text);
}

const gcloudPlugin = {
  command: "gke-gcloud-auth-plugin",
  installHint: "gcloud components install gke-gcloud-auth-plugin",
  provideClusterInfo: true,
};
