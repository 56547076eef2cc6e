import { join } from "node:path";
import { Image } from "@pulumi/docker-build/image.js";
import { type ComponentResource, type Input, interpolate, type Output } from "@pulumi/pulumi";
import type { CloudSettings } from "./cloud-settings.ts";
import { runtimeTag } from "./preflight/runtime-image.ts";

/** A short-lived login at a registry, from the one that the update runs under. The password is a secret. */
export interface RegistryLogin {
  address: Input<string>;
  username: Input<string>;
  password: Input<string>;
}

/**
 * Builds runtime/Dockerfile and pushes it. The tag is the content's hash: a tag is given only once, and no image loses
 * its tag to another.
 * @returns the image by its digest.
 */
export function buildRuntimeImage(
  { parent, settings: { projectFolder } }: { parent: ComponentResource; settings: CloudSettings },
  repository: Output<string>,
  login: RegistryLogin,
): Output<string> {
  const image = new Image(
    "image",
    {
      context: { location: projectFolder },
      dockerfile: { location: join(projectFolder, "runtime", "Dockerfile") },
      platforms: ["linux/amd64"],
      tags: [interpolate`${repository}:${runtimeTag(projectFolder)}`],
      push: true,
      buildOnPreview: false,
      registries: [login],
    },
    { parent },
  );
  return interpolate`${repository}@${image.digest}`;
}
