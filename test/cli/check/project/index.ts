import { Queue } from "@pulumi/aws/sqs/queue.js";
import { QueuePolicy } from "@pulumi/aws/sqs/queuePolicy.js";
import { ComponentResource, Config, RunError, secret } from "@pulumi/pulumi";

const config = new Config();
const mode = config.get("mode");
if (mode === "throws") throw new TypeError("the program's own mistake");
if (mode === "stops") throw new RunError("the user's mistake");
if (mode === "exits") process.exit(3);

const owner = config.require("owner");
for (const name of config.requireObject<string[]>("queues")) {
  const queue = new Queue(name, {
    messageRetentionSeconds: config.requireNumber("retention"),
    sqsManagedSseEnabled: !name.startsWith("open"),
    ...(mode === "refused" && { delaySeconds: "long" as never }),
  });
  if (name !== "orphan")
    new QueuePolicy(name, { queueUrl: queue.url, policy: secret(`{"owner":"${owner}"}`) });
}

class Remote extends ComponentResource {
  constructor(name: string) {
    super("elsewhere:index:Remote", name, {}, {}, true);
  }
}
if (mode === "remote") new Remote("remote");

export const password = config.getSecret("password");
