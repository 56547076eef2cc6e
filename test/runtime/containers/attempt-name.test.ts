import assert from "node:assert/strict";
import { attemptName } from "../../../runtime/containers/attempt-name.ts";

const key = { runId: "run-1", task: "train_model", attempt: 1 };

describe("name of an attempt's container", () => {
  it("is the same for the same attempt, and another for every other", () => {
    const names = [
      attemptName("owner", key),
      attemptName("other", key),
      attemptName("owner", { ...key, runId: "run-2" }),
      attemptName("owner", { ...key, attempt: 2 }),
      attemptName("owner", { ...key, task: "train-model" }),
      attemptName("owner", { ...key, task: "train_model/1" }),
    ];
    assert.equal(new Set(names).size, names.length);
    assert.equal(attemptName("owner", { ...key }), names[0]);
  });

  it("is one that a cluster takes, whatever the task is called", () => {
    for (const task of ["a", "train_model", "Über/3", "map/17", "-", "9lives", "a".repeat(63)]) {
      const name = attemptName("owner", { runId: "r".repeat(64), task, attempt: 101 });
      assert.match(name, /^[a-z][a-z0-9-]{0,56}[a-z0-9]$/, task);
    }
  });
});
