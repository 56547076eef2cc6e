import { fileURLToPath } from "node:url";
import { invalidInput } from "../errors.ts";
import { createLocalQueue } from "./local.ts";
import type { Queue } from "./queue.ts";

/**
 * Opens a queue by its URL: `sqlite:///absolute/file.db`.
 * @throws ApiError `invalid-queue-url` (400), `queue-unavailable` (503), `storage-full` (507).
 */
export function createQueue(url: string): Queue {
  const protocol = URL.canParse(url) ? new URL(url).protocol : undefined;
  switch (protocol) {
    case "sqlite:":
      return createLocalQueue({ file: pathOf(url) });
    default:
      throw invalidUrl(url);
  }
}

function pathOf(url: string): string {
  const { host, search, hash, pathname } = new URL(url);
  if (!url.startsWith("sqlite:///") || host !== "" || search !== "" || hash !== "" || pathname.endsWith("/"))
    throw invalidUrl(url);
  return fileURLToPath(`file://${pathname}`);
}

function invalidUrl(url: string): Error {
  const message = `must be sqlite:///absolute/file.db, not ${JSON.stringify(url)}`;
  return invalidInput("invalid-queue-url", [{ path: "queue", message }], "queue URL");
}
