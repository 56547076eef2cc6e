import { AccessEntry } from "@pulumi/aws/eks/accessEntry.js";
import { AccessPolicyAssociation } from "@pulumi/aws/eks/accessPolicyAssociation.js";
import type { Cluster } from "@pulumi/aws/eks/cluster.js";
import { Config, type Resource } from "@pulumi/pulumi";
import type { AwsContext } from "./foundation.ts";

/** Roles and users that `skyloom:clusterAdmins` names; none: the one who made the stack. */
export function clusterAdmins(): { arns: string[]; problems: string[] } {
  const key = "skyloom:clusterAdmins";
  const text = new Config("skyloom").get("clusterAdmins");
  if (text === undefined) return { arns: [], problems: [] };
  const given = parseJson(text);
  if (!Array.isArray(given) || given.length === 0)
    return { arns: [], problems: [`${key}: must be a list of ARNs of IAM roles or users`] };
  return {
    arns: given.map(String),
    problems: given.flatMap((arn, index) =>
      /^arn:aws[a-z-]*:iam::\d{12}:(role|user)\/[\w+=,.@/-]+$/.test(String(arn))
        ? []
        : [
            `${key}[${index}]: must be such as arn:aws:iam::123456789012:role/admin, not ${JSON.stringify(arn)}`,
          ],
    ),
  };
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/**
 * Makes the administrators of the cluster. Without a list it is who brought the stack up first: that somebody else runs
 * an update must not lock them out.
 * @returns what must be there before anybody can log in.
 */
export function createClusterAccess(context: AwsContext, cluster: Cluster): Resource[] {
  const { arns } = clusterAdmins();
  if (arns.length === 0)
    return createAdmin(context, cluster, "admin", context.account.caller, ["principalArn"]);
  return arns.flatMap((arn) => createAdmin(context, cluster, `admin-${arn.split("/").at(-1)}`, arn, []));
}

function createAdmin(
  { account, parent, tags }: AwsContext,
  cluster: Cluster,
  name: string,
  principalArn: string,
  ignoreChanges: string[],
): Resource[] {
  const entry = new AccessEntry(
    name,
    { clusterName: cluster.name, principalArn, type: "STANDARD", tags },
    { parent, ignoreChanges },
  );
  const association = new AccessPolicyAssociation(
    name,
    {
      clusterName: cluster.name,
      principalArn: entry.principalArn,
      policyArn: `arn:${account.partition}:eks::aws:cluster-access-policy/AmazonEKSClusterAdminPolicy`,
      accessScope: { type: "cluster" },
    },
    { parent },
  );
  return [entry, association];
}
