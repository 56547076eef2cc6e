import assert from "node:assert/strict";
import { markSecrets } from "../../../simulator/recording/mark-secrets.ts";
import { SECRET_SIGNATURE, SIGNATURE_KEY } from "../../../simulator/values.ts";

const secret = (value: string) => ({ [SIGNATURE_KEY]: SECRET_SIGNATURE, value });

describe("secrets of checked inputs", () => {
  it("are marked where they were, whatever a provider added", () => {
    const plain = { name: "added", key: "k", tags: { "a.b": "t" }, list: ["x", "y"] };
    const serialized = { key: secret("k"), tags: { "a.b": secret("t") }, list: ["x", secret("y")] };
    assert.deepEqual(markSecrets(plain, serialized), {
      name: "added",
      key: secret("k"),
      tags: { "a.b": secret("t") },
      list: ["x", secret("y")],
    });
  });

  it("are nowhere where there were none", () => {
    assert.deepEqual(markSecrets({ a: [1, { b: null }] }, { a: [1, { b: null }] }), { a: [1, { b: null }] });
  });
});
