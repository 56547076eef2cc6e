import assert from "node:assert/strict";
import { checkInputs } from "../../../runtime/workflows/json-schema.ts";

const schemas = {
  server: { type: "string" },
  metrics: { type: "array", items: { type: "array", items: { type: "number" }, minItems: 2 } },
  limit: { type: "number", default: 3 },
};

describe("inputs of a run", () => {
  it("are taken with defaults filled in", () => {
    assert.deepEqual(checkInputs(schemas, { server: "a", metrics: [[1, 2]] }, "refuse"), {
      inputs: { server: "a", metrics: [[1, 2]], limit: 3 },
      problems: [],
    });
  });
  it("have all their problems reported", () => {
    const { problems } = checkInputs(schemas, { metrics: [[1, "x"], [1]], other: 1 }, "refuse");
    assert.deepEqual(
      problems.map((problem) => problem.path),
      ["inputs.server", "inputs.metrics[0][1]", "inputs.metrics[1]", "inputs.other"],
    );
    assert.match(problems[3]?.message ?? "", /its inputs are server, metrics, limit/);
  });
  it("lose undeclared names where a message brings more than the workflow asks for", () => {
    const { inputs, problems } = checkInputs({ server: schemas.server }, { server: "a", more: 1 }, "drop");
    assert.deepEqual([inputs, problems], [{ server: "a" }, []]);
  });
});
