import assert from "node:assert/strict";
import { readArguments } from "../../../bench/workflows/arguments.ts";

describe("arguments of bench:workflows", () => {
  it("measure Skyloom beside all peers, or beside those given, in the order of the table", () => {
    const all = [
      ...["skyloom", "restate", "bullmq", "bullmq-everysec", "prefect"],
      ...["temporal", "temporal-local"],
    ];
    assert.deepEqual(readArguments([]), { quick: false, json: false, help: false, engines: all });
    assert.deepEqual(readArguments(["--quick", "--peers", "bullmq, restate"]).engines, [
      "skyloom",
      "restate",
      "bullmq",
    ]);
  });

  it("measure one part where it is named", () => {
    assert.equal(readArguments(["--only", "waiting"]).only, "waiting");
  });

  it("are refused with what is allowed", () => {
    assert.throws(
      () => readArguments(["--peers", "airflow,restate"]),
      /--peers has airflow; allowed are restate/,
    );
    assert.throws(() => readArguments(["--peers", ","]), /--peers is empty/);
    assert.throws(() => readArguments(["--only", "waits"]), /--only is "waits"; allowed are shapes, waiting/);
    assert.throws(() => readArguments(["--fast"]), /Unknown option '--fast'[\s\S]*usage:/);
  });
});
