import { randomUUID } from "node:crypto";
import { Storage } from "@google-cloud/storage";
import { createObjectStore } from "../../../runtime/object-store/create-object-store.ts";
import { emulatorUrl } from "../emulator.ts";
import { createHttpFaults } from "../http-faults.ts";

const jsonError = (status: number, reason: string, message: string) => ({
  status,
  headers: { "content-type": "application/json; charset=UTF-8" },
  body: JSON.stringify({
    error: { code: status, message, errors: [{ message, domain: "global", reason }] },
  }),
});

export async function createGoogleCloudStorageFixture() {
  const emulator = emulatorUrl("SKYLOOM_TEST_GOOGLE_STORAGE");
  const bucket = `contract-${randomUUID()}`;
  await new Storage({ apiEndpoint: emulator, projectId: "test" }).createBucket(bucket);
  const faults = await createHttpFaults(emulator, {
    throttled: jsonError(429, "rateLimitExceeded", "The rate of requests is too high."),
    expired: jsonError(401, "authError", "Invalid Credentials"),
  });
  const urlAt = (endpoint: string, name = bucket) => `gs://${name}?endpoint=${encodeURIComponent(endpoint)}`;
  return {
    store: await createObjectStore(urlAt(emulator)),
    another: await createObjectStore(urlAt(emulator)),
    url: urlAt(emulator),
    faults,
    behindFaults: await createObjectStore(urlAt(faults.url)),
    missing: await createObjectStore(urlAt(emulator, `missing-${randomUUID()}`)),
    dispose: () => faults.close(),
  };
}
