import { join } from "node:path";
import { getAuthorizationTokenOutput } from "@pulumi/aws/ecr/getAuthorizationToken.js";
import { LifecyclePolicy } from "@pulumi/aws/ecr/lifecyclePolicy.js";
import { Repository } from "@pulumi/aws/ecr/repository.js";
import { Image } from "@pulumi/docker-build/image.js";
import { interpolate, type Output, output, secret } from "@pulumi/pulumi";
import type { Registry } from "../../cloud.ts";
import { runtimeTag } from "../../preflight/runtime-image.ts";
import type { AwsContext } from "./foundation.ts";
import type { AwsKeys } from "./keys.ts";

const UNTAGGED_DAYS = 14;

/** An image registry whose tags cannot be moved, and whose images are scanned when they are pushed. */
export function createRegistry(context: AwsContext, { data }: AwsKeys): Registry {
  const { names, parent, settings, tags } = context;
  const repository = new Repository(
    "registry",
    {
      name: names.registry,
      imageTagMutability: "IMMUTABLE",
      imageScanningConfiguration: { scanOnPush: true },
      encryptionConfigurations: [
        data === undefined ? { encryptionType: "AES256" } : { encryptionType: "KMS", kmsKey: data.arn },
      ],
      // Its images can be built again: what holds it is the protection.
      forceDelete: !settings.deletionProtection,
      tags,
    },
    { parent, protect: settings.deletionProtection },
  );
  new LifecyclePolicy(
    "registry",
    {
      repository: repository.name,
      policy: JSON.stringify({
        rules: [
          {
            rulePriority: 1,
            description: "Images without a tag",
            selection: {
              tagStatus: "untagged",
              countType: "sinceImagePushed",
              countUnit: "days",
              countNumber: UNTAGGED_DAYS,
            },
            action: { type: "expire" },
          },
        ],
      }),
    },
    { parent },
  );
  const image = settings.image === undefined ? buildImage(context, repository) : output(settings.image);
  return { repository: repository.repositoryUrl, image };
}

/** Builds runtime/Dockerfile and pushes it; the tag is the content's hash, since a tag is given only once. */
function buildImage({ account, parent, settings }: AwsContext, repository: Repository): Output<string> {
  const { proxyEndpoint, userName, password } = getAuthorizationTokenOutput(
    { registryId: account.id },
    { parent },
  );
  const url = repository.repositoryUrl;
  const image = new Image(
    "image",
    {
      context: { location: settings.projectFolder },
      dockerfile: { location: join(settings.projectFolder, "runtime", "Dockerfile") },
      platforms: ["linux/amd64"],
      tags: [interpolate`${url}:${runtimeTag(settings.projectFolder)}`],
      push: true,
      buildOnPreview: false,
      // Short-lived, from the login that the update runs under.
      registries: [{ address: proxyEndpoint, username: userName, password: secret(password) }],
    },
    { parent },
  );
  return interpolate`${url}@${image.digest}`;
}
