import { ServiceIdentity } from "@pulumi/gcp/projects/serviceIdentity.js";
import type { GcpContext } from "./foundation.ts";
import type { ServiceAgents } from "./keys.ts";
import type { EnabledServices } from "./services.ts";

/** Accounts of Google's own by which its services act in the project; made here, since a new project lacks them. */
export function createServiceAgents(context: GcpContext, enabled: EnabledServices): ServiceAgents {
  const { parent, project } = context;
  const agent = (name: "pubsub" | "artifactregistry") =>
    new ServiceIdentity(
      `agent-${name}`,
      { project: project.id, service: `${name}.googleapis.com` },
      { parent, dependsOn: enabled(name) },
    ).member;
  return { pubsub: agent("pubsub"), artifactRegistry: agent("artifactregistry") };
}
