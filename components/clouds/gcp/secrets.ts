import { IAMMember } from "@pulumi/gcp/projects/iammember.js";
import { output } from "@pulumi/pulumi";
import type { SecretStore } from "../../cloud.ts";
import type { GcpContext } from "./foundation.ts";
import { grant } from "./grants.ts";
import type { EnabledServices } from "./services.ts";

/** Secrets of Secret Manager whose names begin with the stack's own; the stack makes none and deletes none. */
export function describeSecrets(
  { names, parent, project }: GcpContext,
  enabled: EnabledServices,
): SecretStore {
  return {
    url: output(`gcpsecrets://${project.id}/${names.secrets}`),
    grantRead: (identity) =>
      grant(identity, (member) => [
        new IAMMember(
          `grant-secrets-${identity.name}`,
          {
            project: project.id,
            role: "roles/secretmanager.secretAccessor",
            member,
            // Secrets that are not there yet have no policy of their own. Resources go by the project's number here
            // (https://cloud.google.com/iam/docs/conditions-resource-attributes).
            condition: {
              title: `Secrets of ${names.secrets}`,
              description: "Those whose names begin with the name of the stack",
              expression: `resource.name.startsWith("projects/${project.number}/secrets/${names.secrets}-")`,
            },
          },
          { parent, dependsOn: enabled("secretmanager") },
        ),
      ]),
  };
}
