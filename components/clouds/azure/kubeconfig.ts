import { type CredentialPlugin, kubeconfigWith } from "../../kubernetes/kubeconfig.ts";

/** The application that every AKS cluster with Entra trusts (https://azure.github.io/kubelogin/concepts/aks.html). */
const AKS_SERVER_ID = "6dae42f8-4368-4678-94ff-3960e28e3630";

interface Kubeconfig {
  clusters?: { cluster?: { server?: string; "certificate-authority-data"?: string } }[];
}

/**
 * A kubeconfig without any credential in it: kubelogin logs in as whoever runs the update, through the Azure CLI unless
 * AAD_LOGIN_METHOD names another way (workloadidentity, spn, msi, …).
 * @param credential what AKS answers to those who ask for a user's credentials, in base64.
 * @throws Error when it names no API server.
 */
export async function kubeloginKubeconfig(credential: string | undefined, cluster: string): Promise<string> {
  // Loaded here, because nothing else of the program needs it, and nothing at all in the preview of a new stack.
  const { parse } = await import("yaml");
  const given = parse(Buffer.from(credential ?? "", "base64").toString("utf8")) as Kubeconfig | null;
  const { server, "certificate-authority-data": certificate } = given?.clusters?.[0]?.cluster ?? {};
  if (server === undefined)
    throw new Error(
      `AKS gave no kubeconfig for ${cluster}: the login needs the role Azure Kubernetes Service Cluster User`,
    );
  return kubeconfigWith(kubelogin, { name: cluster, url: server, certificateAuthority: certificate });
}

const kubelogin: CredentialPlugin = {
  command: "kubelogin",
  args: ["get-token", "--login", "azurecli", "--server-id", AKS_SERVER_ID],
  installHint: "kubelogin is not installed; see https://azure.github.io/kubelogin/install.html",
  interactiveMode: "Never",
  provideClusterInfo: false,
};
