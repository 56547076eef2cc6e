import { getAuthorizationTokenOutput } from "@pulumi/aws/ecr/getAuthorizationToken.js";
import { LifecyclePolicy } from "@pulumi/aws/ecr/lifecyclePolicy.js";
import { Repository } from "@pulumi/aws/ecr/repository.js";
import { type Output, output, secret } from "@pulumi/pulumi";
import { buildRuntimeImage } from "../../build-runtime-image.ts";
import type { Registry } from "../../cloud.ts";
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

function buildImage(context: AwsContext, { repositoryUrl }: Repository): Output<string> {
  const { proxyEndpoint, userName, password } = getAuthorizationTokenOutput(
    { registryId: context.account.id },
    { parent: context.parent },
  );
  return buildRuntimeImage(context, repositoryUrl, {
    address: proxyEndpoint,
    username: userName,
    password: secret(password),
  });
}
