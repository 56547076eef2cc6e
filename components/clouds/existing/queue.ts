import { output } from "@pulumi/pulumi";
import { parseUrl } from "../../../runtime/back-end-url.ts";
import { queueUrlForms } from "../../../runtime/queue/queue-urls.ts";
import type { Queue } from "../../cloud.ts";
import { SECRET } from "./credentials.ts";
import { notApplicable } from "./grants.ts";
import type { ExistingSettings } from "./settings.ts";

/** The queue that is there, with the one that its dead letters go to. */
export function describeQueue({ queue }: ExistingSettings): Queue {
  const result = parseUrl(queue, queueUrlForms);
  if ("problems" in result || result.parsed.protocol !== "sqs:") throw new Error(`unchecked queue ${queue}`);
  const { place, parameters } = result.parsed;
  const { region = "us-east-1", endpoint = `https://sqs.${region}.amazonaws.com`, deadLetters } = parameters;
  const key = (parameter: string, name: string) => ({ parameter, name: SECRET, key: name });
  return {
    url: output(queue),
    deadLetterUrl: output(queue.replace(`/${place.name}?`, `/${deadLetters}?`)),
    grantSendReceive: () => notApplicable,
    grantDepth: () => notApplicable,
    scaler: {
      type: "aws-sqs-queue",
      metadata: {
        queueURL: `${endpoint}/${place.account}/${place.name}`,
        awsRegion: region,
        awsEndpoint: endpoint,
      },
      thresholdName: "queueLength",
      authentication: () => ({
        secretTargetRef: [key("awsAccessKeyID", "accessKeyId"), key("awsSecretAccessKey", "secretAccessKey")],
      }),
    },
  };
}
