import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ApiError } from "../../../runtime/errors.ts";
import type { InferResponse, JsonTensor } from "../../../runtime/inference/inference.ts";
import { createInferenceJobs, INFERENCE_JOB } from "../../../runtime/jobs/inference-jobs.ts";
import { createLocalObjectStore } from "../../../runtime/object-store/local.ts";
import type { CloudEvent } from "../../../runtime/queue/cloud-event.ts";

const tensor: JsonTensor = { name: "x", datatype: "FP32", shape: [1], data: [1] };

function event(id: string, data: unknown): CloudEvent {
  const time = "2026-01-01T00:00:00Z";
  return { specversion: "1.0", id, source: "test", type: INFERENCE_JOB, time, data } as CloudEvent;
}

describe("inference jobs", () => {
  let folder: string;
  let asked: unknown[];
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "jobs-"));
    asked = [];
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  function jobs(infer?: () => Promise<InferResponse>) {
    return createInferenceJobs({
      store: createLocalObjectStore({ folder }),
      now: () => 0,
      inference: {
        async infer(...request) {
          asked.push(request.slice(0, 3));
          if (infer !== undefined) return await infer();
          return { model_name: "m", model_version: "1", outputs: [{ ...tensor, data: [asked.length] }] };
        },
      },
    });
  }

  it("keep the answer in the bucket, under any id that a message may have", async () => {
    for (const id of ["one", "a/b c…", "x".repeat(256)]) {
      const { handle, result } = jobs();
      await handle(event(id, { model: "m", inputs: [tensor] }));
      const { finishedAt, response } = await result(id);
      assert.equal(finishedAt, "1970-01-01T00:00:00.000Z");
      assert.equal((response as InferResponse).model_name, "m");
      assert.deepEqual(asked.at(-1), ["m", undefined, { id, inputs: [tensor] }]);
    }
  });

  it("have one result, however often and at how many places the message comes", async () => {
    const one = event("one", { model: "m", version: 3, inputs: [tensor] });
    await Promise.all([jobs().handle(one), jobs().handle(one)]);
    const first = await jobs().result("one");
    const before = asked.length;
    await jobs().handle(one);
    assert.equal(asked.length, before, "a finished job was done again");
    assert.deepEqual(await jobs().result("one"), first);
  });

  it("name everything that is wrong with the message, and leave no result", async () => {
    const refused = jobs().handle(event("one", { model: 1 }));
    await assert.rejects(refused, (error: ApiError) => {
      assert.equal(error.code, "invalid-job");
      assert.deepEqual(
        error.problems?.map(({ path }) => path),
        ["data.model", "data.inputs"],
      );
      return true;
    });
    await assert.rejects(jobs().result("one"), { code: "result-not-found" });
  });

  it("have no result where the inference failed, so that the message comes again", async () => {
    const failing = jobs(() => {
      throw new ApiError("not now", { status: 503, code: "model-unavailable", isRetryable: true });
    });
    const one = event("one", { model: "m", inputs: [tensor] });
    await assert.rejects(failing.handle(one), { code: "model-unavailable" });
    await jobs().handle(one);
    assert.equal((await jobs().result("one")).id, "one");
  });
});
