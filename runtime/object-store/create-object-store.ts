import { fileURLToPath } from "node:url";
import { parseUrl, urlProblems } from "../back-end-url.ts";
import { invalidInput } from "../errors.ts";
import { bucketUrlForms } from "./bucket-urls.ts";
import type { ObjectStore } from "./object-store.ts";

/**
 * Opens a bucket by its URL (bucket-urls.ts); only the driver that it names is loaded.
 * @throws ApiError `invalid-bucket-url` (400), `bucket-unavailable` (500, of a service 503).
 */
export async function createObjectStore(url: string): Promise<ObjectStore> {
  const result = parseUrl(url, bucketUrlForms);
  if ("problems" in result)
    throw invalidInput("invalid-bucket-url", urlProblems("bucket", url, result.problems), "bucket URL");
  const { protocol, place, parameters } = result.parsed;
  switch (protocol) {
    case "file:": {
      const { createLocalObjectStore } = await import("./local.ts");
      return createLocalObjectStore({ folder: fileURLToPath(url) });
    }
    case "s3:": {
      const { createS3ObjectStore } = await import("./s3.ts");
      return createS3ObjectStore({ bucket: String(place.bucket), ...parameters });
    }
    case "azblob:": {
      const { createAzureBlobStore } = await import("./azure-blob.ts");
      const { account, container } = place;
      return createAzureBlobStore({ account: String(account), container: String(container), ...parameters });
    }
    case "gs:": {
      const { createGoogleCloudStorage } = await import("./google-cloud-storage.ts");
      return createGoogleCloudStorage({ bucket: String(place.bucket), ...parameters });
    }
  }
}
