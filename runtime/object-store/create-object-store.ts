import { fileURLToPath } from "node:url";
import { invalidInput } from "../errors.ts";
import { createLocalObjectStore } from "./local.ts";
import type { ObjectStore } from "./object-store.ts";

/**
 * Opens a bucket by its URL: `file:///absolute/folder`.
 * @throws ApiError `invalid-bucket-url` (400), `bucket-unavailable` (500).
 */
export function createObjectStore(url: string): ObjectStore {
  const protocol = URL.canParse(url) ? new URL(url).protocol : undefined;
  switch (protocol) {
    case "file:":
      return createLocalObjectStore({ folder: pathOf(url) });
    default:
      throw invalidUrl(url);
  }
}

function pathOf(url: string): string {
  const { host, search, hash } = new URL(url);
  if (!url.startsWith("file:///") || host !== "" || search !== "" || hash !== "") throw invalidUrl(url);
  return fileURLToPath(url);
}

function invalidUrl(url: string): Error {
  const message = `must be file:///absolute/folder, not ${JSON.stringify(url)}`;
  return invalidInput("invalid-bucket-url", [{ path: "bucket", message }], "bucket URL");
}
