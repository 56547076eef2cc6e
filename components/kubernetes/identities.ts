import { ServiceAccount } from "@pulumi/kubernetes/core/v1/serviceAccount.js";
import type { CustomResourceOptions, Resource } from "@pulumi/pulumi";
import type { WorkloadIdentity } from "../cloud.ts";
import type { CloudIdentity, KubernetesClusterSettings } from "./create-kubernetes-cluster.ts";

/** Files of a pod, e.g. credentials of a service that knows no identities, and variables that point to them. */
export interface IdentityFiles {
  /** Absolute path of the folder that they appear in. */
  folder: string;
  /** The secret that holds them, name to content. */
  secretName: string;
  environment: Record<string, string>;
}

/** What a pod needs to act as its workload's identity. */
export type IdentityDetails = Pick<CloudIdentity, "podLabels" | "files">;

export interface Identities {
  of(workload: string): WorkloadIdentity;
  /** @throws Error for a workload whose identity nobody asked for. */
  detailsOf(workload: string): IdentityDetails;
}

interface IdentitiesSettings extends Pick<KubernetesClusterSettings, "namespace" | "createIdentity"> {
  options: CustomResourceOptions;
  /** The namespace and what all identities share in it. */
  dependsOn: Resource[];
}

/** A service account for each workload, tied to an identity at the cloud; without a token for the cluster itself. */
export function createIdentities(settings: IdentitiesSettings): Identities {
  const { namespace, options, dependsOn } = settings;
  const made = new Map<string, { identity: WorkloadIdentity; details: IdentityDetails }>();

  function create(workload: string) {
    const cloud = settings.createIdentity(workload, { namespace, name: workload });
    const serviceAccount = new ServiceAccount(
      workload,
      {
        metadata: { name: workload, namespace, ...(cloud.annotations && { annotations: cloud.annotations }) },
        automountServiceAccountToken: false,
      },
      { ...options, dependsOn },
    );
    const identity: WorkloadIdentity = {
      name: workload,
      principal: cloud.principal,
      // Grants add themselves here: a pod that starts before them would be refused for its first minutes.
      dependsOn: [serviceAccount, ...cloud.dependsOn],
    };
    return { identity, details: cloud };
  }

  return {
    of(workload) {
      const known = made.get(workload) ?? create(workload);
      made.set(workload, known);
      return known.identity;
    },
    detailsOf(workload) {
      const known = made.get(workload);
      if (known === undefined)
        throw new Error(`ask for the identity of workload ${workload} before it is deployed`);
      return known.details;
    },
  };
}
