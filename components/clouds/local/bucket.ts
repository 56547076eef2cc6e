import * as pulumi from "@pulumi/pulumi";
import type { Bucket } from "../../cloud.ts";
import { notApplicable } from "./grants.ts";

/** skyloom:local:Bucket */
class LocalBucket extends pulumi.CustomResource {
  declare readonly url: pulumi.Output<string>;

  constructor(name: string, inputs: { folder: string; keepData: boolean }) {
    super("skyloom:local:Bucket", name, { ...inputs, url: undefined });
  }
}

/** A folder as bucket; it stays, with its content, when the stack is destroyed. */
export function createLocalBucket(folder: string): Bucket {
  const { url } = new LocalBucket("bucket", { folder, keepData: true });
  return { url, snapshots: undefined, grantRead: () => notApplicable, grantReadWrite: () => notApplicable };
}
