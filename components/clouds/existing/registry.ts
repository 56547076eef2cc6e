import { join } from "node:path";
import { Image } from "@pulumi/docker-build/image.js";
import { interpolate, output, type Resource } from "@pulumi/pulumi";
import type { Registry } from "../../cloud.ts";
import type { CloudSettings } from "../../cloud-settings.ts";
import { runtimeTag } from "../../preflight/runtime-image.ts";
import type { ExistingSettings } from "./settings.ts";

/** The registry by address. An image that is built is pushed with the login of whoever runs the update (docker login). */
export function createRegistry(
  { image, projectFolder }: CloudSettings,
  { registry }: ExistingSettings,
  parent: Resource,
): Registry {
  if (image !== undefined)
    return { repository: output(registry ?? image.replace(/@.*$/, "")), image: output(image) };
  const built = new Image(
    "image",
    {
      context: { location: projectFolder },
      dockerfile: { location: join(projectFolder, "runtime", "Dockerfile") },
      platforms: ["linux/amd64"],
      tags: [`${registry}:${runtimeTag(projectFolder)}`],
      push: true,
      buildOnPreview: false,
    },
    { parent },
  );
  return { repository: output(`${registry}`), image: interpolate`${registry}@${built.digest}` };
}
