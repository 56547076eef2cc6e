import { RepositoryIamMember } from "@pulumi/gcp/artifactregistry/repositoryIamMember.js";
import { IAMMember } from "@pulumi/gcp/projects/iammember.js";
import { Account } from "@pulumi/gcp/serviceaccount/account.js";
import type { Output, Resource } from "@pulumi/pulumi";
import type { GcpContext } from "./foundation.ts";
import type { GcpRegistry } from "./registry.ts";
import type { EnabledServices } from "./services.ts";

export interface NodeAccount {
  email: Output<string>;
  /** A node that starts before these could neither log nor pull. */
  dependsOn: Resource[];
}

/** The account that nodes run as: logs, metrics, and images of the stack's own registry; nothing else. */
export function createNodeAccount(
  { names, parent, project, region, settings }: GcpContext,
  enabled: EnabledServices,
  registry: GcpRegistry,
): NodeAccount {
  const account = new Account(
    "node-account",
    {
      project: project.id,
      accountId: names.nodeAccount,
      displayName: `Nodes of stack ${settings.stack}`.slice(0, 100),
    },
    { parent, dependsOn: enabled("iam") },
  );
  const node = new IAMMember(
    "node-account-role",
    { project: project.id, role: "roles/container.defaultNodeServiceAccount", member: account.member },
    { parent, dependsOn: enabled("container") },
  );
  const pull = new RepositoryIamMember(
    "node-account-pull",
    {
      project: project.id,
      location: region,
      repository: registry.resource.repositoryId,
      role: "roles/artifactregistry.reader",
      member: account.member,
    },
    { parent },
  );
  return { email: account.email, dependsOn: [node, pull] };
}
