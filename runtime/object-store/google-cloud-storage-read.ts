import type { IncomingMessage } from "node:http";
import type { Readable } from "node:stream";
import type { Bucket } from "@google-cloud/storage";
import { googleCode } from "../google-errors.ts";
import type { StreamedObject } from "./object-store.ts";

/** Opens the content with what its headers tell, in one request; the SDK checks the content by its CRC32C. */
export async function openGoogleObject(bucket: Bucket, key: string): Promise<StreamedObject | undefined> {
  const body: Readable = bucket.file(key).createReadStream({ decompress: false });
  try {
    const { headers } = await responseOf(body);
    return {
      key,
      size: Number(headers["x-goog-stored-content-length"]),
      etag: String(headers["x-goog-generation"]),
      lastModified: new Date(String(headers["last-modified"])),
      body,
    };
  } catch (error) {
    body.destroy();
    if (googleCode(error) === 404 && !isMissingBucket(error)) return undefined;
    throw error;
  }
}

/** The stream sends its request at the first read, and fails by itself when the answer is an error. */
function responseOf(body: Readable): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    body.once("error", reject);
    body.on("response", (response: IncomingMessage) => {
      if (response.statusCode === 200) {
        body.off("error", reject);
        resolve(response);
      }
    });
    body.read(0);
  });
}

/** The status is that of a missing object. */
export function isMissingBucket(error: unknown): boolean {
  return error instanceof Error && /bucket does not exist/i.test(error.message);
}
