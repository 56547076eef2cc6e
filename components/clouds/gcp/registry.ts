import { Repository } from "@pulumi/gcp/artifactregistry/repository.js";
import { getClientConfigOutput } from "@pulumi/gcp/organizations/getClientConfig.js";
import { interpolate, type Output, output, secret } from "@pulumi/pulumi";
import { buildRuntimeImage } from "../../build-runtime-image.ts";
import type { Registry } from "../../cloud.ts";
import type { GcpContext } from "./foundation.ts";
import type { GcpKeys } from "./keys.ts";
import type { EnabledServices } from "./services.ts";

const DAYS = 24 * 3600;

export interface GcpRegistry extends Registry {
  /** For grants to those who pull from it. */
  resource: Repository;
}

/** An image registry whose tags cannot be moved, and whose images are scanned when they are pushed. */
export function createRegistry(
  context: GcpContext,
  enabled: EnabledServices,
  keys: GcpKeys | undefined,
): GcpRegistry {
  const { names, labels, parent, project, region, settings } = context;
  const resource = new Repository(
    "registry",
    {
      project: project.id,
      location: region,
      repositoryId: names.registry,
      format: "DOCKER",
      labels,
      dockerConfig: { immutableTags: true },
      vulnerabilityScanningConfig: { enablementConfig: "INHERITED" },
      cleanupPolicies: [
        {
          id: "untagged",
          action: "DELETE",
          condition: { tagState: "UNTAGGED", olderThan: `${30 * DAYS}s` },
        },
      ],
      ...(keys && { kmsKeyName: keys.data.id }),
    },
    {
      parent,
      protect: settings.deletionProtection,
      dependsOn: [enabled("artifactregistry"), enabled("containerscanning"), ...(keys?.data.dependsOn ?? [])],
    },
  );
  const host = `${region}-docker.pkg.dev`;
  const repository = interpolate`${host}/${project.id}/${resource.repositoryId}/runtime`;
  const image = settings.image === undefined ? buildImage(context, host, repository) : output(settings.image);
  return { resource, repository, image };
}

function buildImage(context: GcpContext, host: string, repository: Output<string>): Output<string> {
  const { accessToken } = getClientConfigOutput({ parent: context.parent });
  return buildRuntimeImage(context, repository, {
    address: host,
    username: "oauth2accesstoken",
    password: secret(accessToken),
  });
}
