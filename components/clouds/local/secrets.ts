import * as pulumi from "@pulumi/pulumi";
import type { SecretStore } from "../../cloud.ts";
import { notApplicable } from "./grants.ts";

/** skyloom:local:SecretFolder */
class LocalSecretFolder extends pulumi.CustomResource {
  declare readonly url: pulumi.Output<string>;

  constructor(name: string, inputs: { folder: string; keepData: boolean }) {
    super("skyloom:local:SecretFolder", name, { ...inputs, url: undefined });
  }
}

/** A folder that is this user's alone, a file for each secret; it stays, with its files, when the stack is destroyed. */
export function createLocalSecrets(folder: string): SecretStore {
  const { url } = new LocalSecretFolder("secrets", { folder, keepData: true });
  return { url, grantRead: () => notApplicable };
}
