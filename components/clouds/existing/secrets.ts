import { output } from "@pulumi/pulumi";
import type { Grant, SecretMount, SecretStore } from "../../cloud.ts";
import type { ClusterApi } from "./cluster-api.ts";
import { SECRET } from "./credentials.ts";
import type { ExistingSettings } from "./settings.ts";

const SETTING = "skyloom:existing.secrets";
const FOLDER = "/var/run/skyloom/secrets";

/** The cluster asks nobody: the pods of the identity have the files, and no others do. */
const mounted: Grant = {
  state: "not-applicable",
  reason: "the secret is mounted into the pods that may read it; there are no identities to grant to",
};

/** A secret of the namespace that its owner keeps, as files; undefined: none is named. */
export function describeSecrets({ secrets }: ExistingSettings): SecretStore | undefined {
  if (secrets === undefined) return undefined;
  // Optional: the stack makes the namespace, so that on the first day the secret can only come after the pods.
  const mount: SecretMount = { name: "secret-store", secretName: secrets, folder: FOLDER, optional: true };
  return {
    url: output(`file://${FOLDER}`),
    grantRead(identity) {
      identity.mounts = [...(identity.mounts ?? []), mount];
      return mounted;
    },
  };
}

/** A secret that the stack makes for itself is none to hand to workflows. */
export function secretsNameProblems({ secrets, imagePullSecret }: ExistingSettings): string[] {
  if (secrets === undefined) return [];
  const own = secrets === SECRET || /^(runtime|restate|worker-[a-z0-9]+)-(environment|files)$/.test(secrets);
  if (!own && secrets !== imagePullSecret) return [];
  const owner = own ? "is a name that the stack uses itself" : "is skyloom:existing.imagePullSecret";
  return [`${SETTING}: "${secrets}" ${owner}; name one that holds the secrets of workflows alone`];
}

/** Whether the secret is there, where its namespace is; on the first day, how it is made. */
export async function checkSecrets(
  cluster: ClusterApi,
  { namespace, secrets }: ExistingSettings,
): Promise<{ problems: string[]; warnings: string[] }> {
  if (secrets === undefined) return { problems: [], warnings: [] };
  const make = `kubectl --namespace ${namespace} create secret generic ${secrets} --from-file=NAME=FILE`;
  if (!(await cluster.hasNamespace(namespace)))
    return {
      problems: [],
      warnings: [
        `${SETTING}: the namespace ${namespace} is made by this update; then make the secret, until which workflows find none: ${make}`,
      ],
    };
  if (await cluster.hasSecret(namespace, secrets)) return { problems: [], warnings: [] };
  const problem = `${SETTING}: there is no secret "${secrets}" in the namespace ${namespace}; make it: ${make}`;
  return { problems: [problem], warnings: [] };
}
