import assert from "node:assert/strict";
import {
  markLike,
  markSecretData,
  redact,
  secret,
  secretTexts,
} from "../../../simulator/kubernetes-api/secrets.ts";
import type { Properties } from "../../../simulator/values.ts";

describe("secrets of Kubernetes objects", () => {
  it("stay marked where the program marked them", () => {
    const marked = { env: [{ name: "A", value: secret("hidden") }] };
    assert.deepEqual(markLike({ env: [{ name: "A", value: "hidden" }], more: 1 }, marked), {
      ...marked,
      more: 1,
    });
  });

  it("are all that a Secret holds", () => {
    const object: Properties = { kind: "Secret", data: { a: "eA==" } };
    assert.deepEqual(markSecretData(object), { kind: "Secret", data: secret({ a: "eA==" }) });
    const other: Properties = { kind: "ConfigMap", data: { a: "x" } };
    assert.equal(markSecretData(other), other);
  });

  it("are hidden in messages, encoded and decoded", () => {
    const texts = secretTexts({ kind: "Secret", stringData: { password: "swordfish" } });
    const encoded = Buffer.from("swordfish").toString("base64");
    assert.equal(redact(`swordfish or ${encoded}?`, texts), "[secret] or [secret]?");
    const data = secretTexts({ kind: "Secret", data: { password: encoded } });
    assert.equal(redact("swordfish", data), "[secret]");
  });
});
