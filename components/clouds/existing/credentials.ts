import { Secret } from "@pulumi/kubernetes/core/v1/secret.js";
import { type CustomResourceOptions, output, type Resource, secret } from "@pulumi/pulumi";
import type { IdentityFiles } from "../../kubernetes/identities.ts";
import type { ExistingCredentials } from "./settings.ts";

/** The object that holds the keys: as a file for pods, and each by itself for KEDA. */
export const SECRET = "bucket-and-queue";
const FOLDER = "/var/run/skyloom/bucket-and-queue";

export interface Credentials {
  files: IdentityFiles;
  /** Makes the object once its namespace is there. */
  create(options: CustomResourceOptions): Resource[];
}

/** Keys of the bucket and the queue as a file that the services' SDKs read (`AWS_SHARED_CREDENTIALS_FILE`). */
export function createCredentials(
  { accessKeyId, secretAccessKey }: ExistingCredentials,
  namespace: string,
): Credentials {
  const file = `[default]\naws_access_key_id = ${accessKeyId}\naws_secret_access_key = ${secretAccessKey}\n`;
  return {
    files: {
      folder: FOLDER,
      secretName: SECRET,
      environment: { AWS_SHARED_CREDENTIALS_FILE: `${FOLDER}/credentials` },
    },
    create: (options) => [
      new Secret(
        SECRET,
        {
          metadata: { name: SECRET, namespace },
          stringData: secret(output({ credentials: file, accessKeyId, secretAccessKey })),
        },
        options,
      ),
    ],
  };
}
