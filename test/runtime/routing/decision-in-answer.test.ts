import assert from "node:assert/strict";
import type { InferResponse } from "../../../runtime/inference/inference.ts";
import { addDecision, addDecisionToBytes } from "../../../runtime/routing/decision-in-answer.ts";

const answer = (id?: string): InferResponse => ({
  ...(id === undefined ? {} : { id }),
  model_name: "m",
  model_version: "1",
  outputs: [{ name: "y", datatype: "FP32", shape: [1], data: [1] }],
});

/** Both forms of an answer must say the same. */
function added(id?: string) {
  const values = addDecision(answer(id), "D");
  const bytes = addDecisionToBytes({ json: Buffer.from(JSON.stringify(answer(id))), binary: [] }, "D");
  assert.deepEqual(JSON.parse(Buffer.from(bytes.answer.json).toString()), values.answer);
  assert.equal(bytes.id, values.id);
  assert.deepEqual(bytes.answer.headers, { "Skyloom-Decision": "D" });
  return values;
}

describe("a decision in an answer", () => {
  it("is its id where the request had none", () => {
    assert.deepEqual(added(), { answer: { ...answer(), id: "D" } });
  });

  it("stands beside the client's own id", () => {
    for (const id of ["1", "", 'a "b" \\ ü \u0001', "ü".repeat(256)])
      assert.deepEqual(added(id), { answer: { ...answer(id), parameters: { decision: "D" } }, id });
  });

  it("does not have an id remembered that is longer than 256 characters", () => {
    assert.equal(added("x".repeat(257)).id, undefined);
    assert.equal(added("x".repeat(100_000)).id, undefined);
  });
});
