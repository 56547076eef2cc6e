/** Where a cluster's API answers. */
export interface ApiServer {
  /** Of the cluster, its user and its context. */
  name: string;
  url: string;
  /** In base64. */
  certificateAuthority: string | undefined;
}

/** A command that makes a token from the login that it runs under. */
export interface CredentialPlugin {
  command: string;
  args?: string[];
  /** What to tell whoever lacks the command. */
  installHint: string;
  interactiveMode?: "Never";
  provideClusterInfo?: boolean;
}

/**
 * A kubeconfig without credentials of its own
 * (https://kubernetes.io/docs/reference/access-authn-authz/authentication/#client-go-credential-plugins).
 */
export function kubeconfigWith(
  plugin: CredentialPlugin,
  { name, url, certificateAuthority }: ApiServer,
): string {
  return JSON.stringify({
    apiVersion: "v1",
    kind: "Config",
    clusters: [{ name, cluster: { server: url, "certificate-authority-data": certificateAuthority } }],
    contexts: [{ name, context: { cluster: name, user: name } }],
    "current-context": name,
    users: [{ name, user: { exec: { apiVersion: "client.authentication.k8s.io/v1beta1", ...plugin } } }],
  });
}
