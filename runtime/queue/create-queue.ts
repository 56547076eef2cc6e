import { fileURLToPath } from "node:url";
import { parseUrl, urlProblems } from "../back-end-url.ts";
import { invalidInput } from "../errors.ts";
import type { Queue } from "./queue.ts";
import { queueUrlForms } from "./queue-urls.ts";

/**
 * Opens a queue by its URL (queue-urls.ts); only the driver that it names is loaded.
 * @throws ApiError `invalid-queue-url` (400), `queue-unavailable` (503), `storage-full` (507).
 */
export async function createQueue(url: string): Promise<Queue> {
  const result = parseUrl(url, queueUrlForms);
  if ("problems" in result)
    throw invalidInput("invalid-queue-url", urlProblems("queue", url, result.problems), "queue URL");
  const { protocol, place, parameters } = result.parsed;
  switch (protocol) {
    case "sqlite:": {
      const { createLocalQueue } = await import("./local.ts");
      return createLocalQueue({ file: fileURLToPath(url.replace(/^sqlite:/, "file:")) });
    }
    case "sqs:": {
      const { createSqsQueue } = await import("./sqs.ts");
      return createSqsQueue({ account: String(place.account), name: String(place.name), ...parameters });
    }
    case "azqueue:": {
      const { createAzureStorageQueue } = await import("./azure-storage-queue.ts");
      const { account, name } = place;
      return createAzureStorageQueue({ account: String(account), name: String(name), ...parameters });
    }
    case "pubsub:": {
      const { createGooglePubsubQueue } = await import("./google-pubsub.ts");
      const { project, name } = place;
      return createGooglePubsubQueue({ project: String(project), name: String(name), ...parameters });
    }
  }
}
