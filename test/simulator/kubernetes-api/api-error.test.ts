import assert from "node:assert/strict";
import {
  ApiError,
  explain,
  immutableFields,
  isTransient,
  mayComeFromOrder,
} from "../../../simulator/kubernetes-api/api-error.ts";

/** Answers as a 1.34 API server gave them. */
const status = (code: number, reason: string, message: string, causes: object[] = []) =>
  new ApiError(code, JSON.stringify({ kind: "Status", code, reason, message, details: { causes } }));

describe("errors of the API server", () => {
  it("names the missing right", () => {
    const one = status(
      403,
      "Forbidden",
      'deployments.apps "web" is forbidden: User "jane" cannot patch resource "deployments" in API group "apps" in the namespace "shop"',
    );
    assert.match(
      explain(one),
      /^user "jane" may not patch deployments\.apps in the namespace "shop": .*a Role and/,
    );
    const whole = status(
      403,
      "Forbidden",
      'namespaces "shop" is forbidden: User "jane" cannot get resource "namespaces" in API group "" at the cluster scope',
    );
    assert.match(explain(whole), /^user "jane" may not get namespaces in the whole cluster: .*ClusterRole/);
  });

  it("names who holds which field, and does not try again", () => {
    const error = status(409, "Conflict", "Apply failed with 1 conflict", [
      {
        reason: "FieldManagerConflict",
        message: 'conflict with "kubectl" with subresource "scale" using apps/v1',
        field: ".spec.replicas",
      },
    ]);
    assert.match(explain(error), /spec\.replicas: held by "kubectl" with subresource "scale"\n/);
    assert.equal(isTransient(error), false);
  });

  it("tries again where somebody else wrote in between, the server is busy, or the connection broke", () => {
    assert.ok(
      isTransient(
        status(
          409,
          "Conflict",
          "the object has been modified; please apply your changes to the latest version",
        ),
      ),
    );
    assert.ok(isTransient(status(429, "TooManyRequests", "too many requests")));
    assert.ok(isTransient(Object.assign(new TypeError("fetch failed"), { cause: { code: "ECONNRESET" } })));
    assert.equal(isTransient(status(409, "AlreadyExists", "already exists")), false);
    assert.equal(isTransient(status(422, "Invalid", "is invalid")), false);
  });

  it("knows refusals to change a field from values that are wrong", () => {
    const immutable = status(
      422,
      "Invalid",
      'Deployment.apps "web" is invalid: spec.selector: field is immutable',
      [
        {
          reason: "FieldValueInvalid",
          message: "Invalid value: {}: field is immutable",
          field: "spec.selector",
        },
      ],
    );
    assert.deepEqual(immutableFields(immutable), ["spec.selector"]);
    const set = status(
      422,
      "Invalid",
      "updates to statefulset spec for fields other than 'replicas' are forbidden",
      [
        {
          reason: "FieldValueForbidden",
          message: "Forbidden: updates to statefulset spec for fields other than 'replicas' are forbidden",
          field: "spec",
        },
      ],
    );
    assert.deepEqual(immutableFields(set), ["spec"]);
    const wrong = status(
      422,
      "Invalid",
      "spec.replicas: Invalid value: -1: must be greater than or equal to 0",
    );
    assert.equal(immutableFields(wrong), undefined);
  });

  it("knows what may be missing only because it comes earlier in the same update", () => {
    assert.ok(mayComeFromOrder(status(404, "NotFound", 'namespaces "shop" not found')));
    assert.ok(
      mayComeFromOrder(
        status(403, "Forbidden", 'error looking up service account shop/web: serviceaccount "web" not found'),
      ),
    );
    assert.equal(
      mayComeFromOrder(status(403, "Forbidden", "exceeded quota: small, requested: pods=1")),
      false,
    );
  });

  it("reads the answer of a proxy that knows no Status", () => {
    assert.equal(explain(new ApiError(502, "<html>Bad Gateway</html>")), "<html>Bad Gateway</html>");
  });
});
