import assert from "node:assert/strict";
import { ApiError } from "../../../runtime/errors.ts";

/** The error that a promise is rejected with. @throws AssertionError when it is not, or with anything but an ApiError. */
export async function thrownBy(promise: Promise<unknown>): Promise<ApiError> {
  const error = await promise.then(
    () => assert.fail("nothing was thrown"),
    (thrown) => thrown,
  );
  assert.ok(error instanceof ApiError, String(error));
  return error;
}
