import * as pulumi from "@pulumi/pulumi";
import type { Queue, QueueSettings } from "../../cloud.ts";
import { notApplicable } from "./grants.ts";

/** skyloom:local:Queue */
class LocalQueue extends pulumi.CustomResource {
  declare readonly url: pulumi.Output<string>;

  constructor(name: string, inputs: { file: string; keepData: boolean } & QueueSettings) {
    super("skyloom:local:Queue", name, { ...inputs, url: undefined });
  }
}

/** An SQLite file as queue; it stays, with its messages, when the stack is destroyed. */
export function createLocalQueue(file: string, settings: QueueSettings): Queue {
  const { url } = new LocalQueue("queue", { file, keepData: true, ...settings });
  // Dead letters are a table of the same file.
  const grant = () => notApplicable;
  return { url, deadLetterUrl: url, grantSendReceive: grant, grantDepth: grant, scaler: undefined };
}
