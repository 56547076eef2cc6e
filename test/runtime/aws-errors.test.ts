import assert from "node:assert/strict";
import { awsFailure } from "../../runtime/aws-errors.ts";
import { backEndError } from "../../runtime/back-end-errors.ts";

const serviceError = (name: string, httpStatusCode?: number) =>
  Object.assign(new Error(`${name} it is`), { name, $metadata: { httpStatusCode, attempts: 3 } });
const connectionError = (code: string) => Object.assign(new Error(code), { code });

describe("errors of AWS", () => {
  for (const [failure, errors] of Object.entries({
    unavailable: [
      serviceError("SlowDown", 503),
      serviceError("RequestThrottled", 403),
      serviceError("InternalError", 500),
      serviceError("Unknown", 429),
      connectionError("ECONNREFUSED"),
      new Error("outer", { cause: connectionError("ECONNRESET") }),
      new AggregateError([connectionError("ECONNREFUSED")]),
    ],
    "credentials-expired": [serviceError("ExpiredToken", 403), serviceError("ExpiredTokenException", 400)],
    "access-denied": [
      serviceError("AccessDenied", 403),
      serviceError("Unknown", 403),
      serviceError("CredentialsProviderError"),
    ],
    "not-found": [serviceError("NoSuchBucket", 404), serviceError("QueueDoesNotExist", 400)],
  }))
    it(`are known as ${failure}`, () => {
      for (const error of errors) assert.equal(awsFailure(error), failure, error.name);
    });

  it("are left as they are where nothing is known of them", () => {
    for (const error of [serviceError("InvalidRange", 416), new TypeError("a bug"), "text", undefined])
      assert.equal(awsFailure(error), undefined);
  });

  it("tell the bucket or queue, what to do and the service's own words", () => {
    const cause = serviceError("ExpiredToken", 403);
    const error = backEndError("bucket", "credentials-expired", { name: "models", cause });
    assert.equal(
      error.message,
      "bucket models refused credentials that have expired: renew those in the runtime's environment: ExpiredToken it is (ExpiredToken)",
    );
    assert.deepEqual([error.status, error.code, error.isRetryable], [503, "bucket-access-denied", true]);
    assert.equal(error.cause, cause);
    const denied = backEndError("queue", "access-denied", { name: "jobs", cause: new Error("") });
    assert.deepEqual([denied.code, denied.isRetryable], ["queue-access-denied", false]);
  });
});
