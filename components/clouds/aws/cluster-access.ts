import { AccessEntry } from "@pulumi/aws/eks/accessEntry.js";
import { AccessPolicyAssociation } from "@pulumi/aws/eks/accessPolicyAssociation.js";
import type { Cluster } from "@pulumi/aws/eks/cluster.js";
import type { CustomResourceOptions, Resource } from "@pulumi/pulumi";
import { readClusterAdmins } from "../../preflight/cluster-admins.ts";
import type { AwsContext } from "./foundation.ts";

/** Roles and users that `skyloom:clusterAdmins` names; none: the one who made the stack. */
export function clusterAdmins(): { names: string[]; problems: string[] } {
  return readClusterAdmins({
    pattern: /^arn:aws[a-z-]*:iam::\d{12}:(role|user)\/[\w+=,.@/-]+$/,
    allowed: "arn:aws:iam::123456789012:role/admin",
  });
}

/**
 * Makes the administrators of the cluster. Without a list it is who brought the stack up first: that somebody else runs
 * an update must not lock them out.
 * @returns what must be there before anybody can log in.
 */
export function createClusterAccess(context: AwsContext, cluster: Cluster): Resource[] {
  const { caller } = context.account;
  const { names: arns } = clusterAdmins();
  if (arns.length === 0)
    return createAdmin(context, cluster, "admin", caller, { ignoreChanges: ["principalArn"] });
  return arns.flatMap((arn) => {
    const name = `admin-${arn.split("::").at(-1)?.replaceAll(/[:/]/g, "-")}`;
    // Whoever made the stack and is named now keeps the entry: EKS takes none twice.
    return createAdmin(context, cluster, name, arn, arn === caller ? { aliases: [{ name: "admin" }] } : {});
  });
}

function createAdmin(
  { account, parent, tags }: AwsContext,
  cluster: Cluster,
  name: string,
  principalArn: string,
  options: CustomResourceOptions,
): Resource[] {
  const entry = new AccessEntry(
    name,
    { clusterName: cluster.name, principalArn, type: "STANDARD", tags },
    { parent, ...options },
  );
  const association = new AccessPolicyAssociation(
    name,
    {
      clusterName: cluster.name,
      principalArn: entry.principalArn,
      policyArn: `arn:${account.partition}:eks::aws:cluster-access-policy/AmazonEKSClusterAdminPolicy`,
      accessScope: { type: "cluster" },
    },
    { parent, aliases: options.aliases ?? [] },
  );
  return [entry, association];
}
