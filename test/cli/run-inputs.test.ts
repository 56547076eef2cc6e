import assert from "node:assert/strict";
import { readInputs } from "../../cli/run-inputs.ts";

describe("inputs of a run on the command line", () => {
  const declared = { n: { type: "number" }, list: { type: "array" }, name: { type: "string" } };

  it("are JSON, but for those that are text", () => {
    const given = ["n=3", 'list=[1,"a=b"]', "name=3=x"];
    assert.deepEqual(readInputs(given, declared), { n: 3, list: [1, "a=b"], name: "3=x" });
  });

  it("are refused with every problem at once", () => {
    assert.throws(() => readInputs(["n=x", "name", "other=1", "list=[]"], declared), {
      name: "CannotRun",
      message: /^--input name: give NAME=VALUE\ninputs\.n: .*\ninputs\.name: .*\ninputs\.other: /,
    });
  });
});
