import assert from "node:assert/strict";
import { GoogleCredentialsError, requireGoogleCredentials } from "../../runtime/google-credentials.ts";
import { googleFailure } from "../../runtime/google-errors.ts";

const failed = (properties: object) => Object.assign(new Error("failed"), properties);
const token = (answer: () => Promise<string | null>) => ({ getAccessToken: answer });

describe("errors of Google Cloud", () => {
  it("tell what an HTTP status, a gRPC code or a broken connection means", () => {
    const cases = [
      [{ code: 401 }, "credentials-expired"],
      [{ code: 16 }, "credentials-expired"],
      [{ code: 403 }, "access-denied"],
      [{ code: 403, errors: [{ reason: "rateLimitExceeded" }] }, "unavailable"],
      [{ code: 7 }, "access-denied"],
      [{ code: 404 }, "not-found"],
      [{ code: 5 }, "not-found"],
      [{ status: 429 }, "unavailable"],
      [{ code: "503" }, "unavailable"],
      [{ code: 8 }, "unavailable"],
      [{ code: 14 }, "unavailable"],
      [{ code: "ECONNRESET" }, "unavailable"],
      [{ code: "CONTENT_DOWNLOAD_MISMATCH" }, "unavailable"],
      [{ code: 400 }, undefined],
      [{ code: 3 }, undefined],
      [{}, undefined],
    ] as const;
    for (const [properties, failure] of cases)
      assert.equal(googleFailure(failed(properties)), failure, JSON.stringify(properties));
  });

  it("tell credentials that are missing from expired ones, and from a service that is away for a while", async () => {
    const reject = (error: Error) =>
      requireGoogleCredentials(token(() => Promise.reject(error))).then(
        () => assert.fail("did not fail"),
        (thrown: Error) => thrown,
      );
    const missing = await reject(new Error("Could not load the default credentials."));
    assert.ok(missing instanceof GoogleCredentialsError);
    assert.match(missing.message, /Workload Identity/);
    assert.equal(googleFailure(missing), "access-denied");
    assert.equal(googleFailure(await reject(new Error("invalid_grant"))), "credentials-expired");
    assert.equal(googleFailure(await reject(failed({ status: 503 }))), "unavailable");
    assert.equal(googleFailure(await reject(failed({ code: "ECONNREFUSED" }))), "unavailable");
    const empty = await requireGoogleCredentials(token(async () => null)).catch((error) => error);
    assert.equal(googleFailure(empty), "access-denied");
    await requireGoogleCredentials(token(async () => "token"));
  });
});
