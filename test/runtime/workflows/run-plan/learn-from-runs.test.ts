import assert from "node:assert/strict";
import type { ObjectStore } from "../../../../runtime/object-store/object-store.ts";
import type { Run } from "../../../../runtime/workflows/run.ts";
import { readEstimates } from "../../../../runtime/workflows/run-plan/estimates.ts";
import { learnFromRuns } from "../../../../runtime/workflows/run-plan/learn-from-runs.ts";
import { createRunRepository } from "../../../../runtime/workflows/run-repository.ts";
import type { WorkflowLogger } from "../../../../runtime/workflows/task-type.ts";
import { temporaryStore } from "../../inference/models.ts";

const run = (id: string) =>
  ({
    id,
    workflow: "w",
    state: "succeeded",
    createdAt: "2026-01-01T00:00:00.000Z",
    tasks: [
      {
        name: "a",
        state: "succeeded",
        startedAt: "2026-01-01T00:00:00.000Z",
        finishedAt: "2026-01-01T00:00:05.000Z",
      },
    ],
  }) as unknown as Run;

describe("learning from runs", () => {
  it("takes runs that end at the same time together, and keeps no run from its end", async () => {
    const { store, remove } = await temporaryStore();
    let writes = 0;
    const counting: ObjectStore = {
      ...store,
      put(key, ...rest) {
        if (key.startsWith("estimates/")) writes += 1;
        return store.put(key, ...rest);
      },
    };
    const { repository, settle } = learnFromRuns(createRunRepository(store), counting, quiet);
    const ids = Array.from({ length: 20 }, (_, at) => `run-${at}`);
    await Promise.all(ids.map((id) => repository.recordEnd(run(id))));
    await settle();
    const { a = [] } = await readEstimates(store, "w");
    assert.deepEqual(a.map((sample) => sample.run).sort(), [...ids].sort());
    assert.ok(writes < ids.length, `${writes} writes`);
    await remove();
  });

  it("warns where it cannot write, and goes on with the next runs", async () => {
    const { store, remove } = await temporaryStore();
    let isBroken = true;
    const broken: ObjectStore = {
      ...store,
      async get(key) {
        if (isBroken) throw new Error("no bucket");
        return store.get(key);
      },
    };
    const warnings: string[] = [];
    const logger = { ...quiet, warn: (_: object, message: string) => void warnings.push(message) };
    const { repository, settle } = learnFromRuns(createRunRepository(store), broken, logger);
    await repository.recordEnd(run("one"));
    await settle();
    assert.deepEqual(warnings, ["nothing was learned from runs that ended"]);
    isBroken = false;
    await repository.recordEnd(run("two"));
    await settle();
    assert.equal((await readEstimates(store, "w")).a?.length, 1);
    await remove();
  });
});

const ignore = () => undefined;
const quiet: WorkflowLogger = { debug: ignore, info: ignore, warn: ignore, error: ignore };
