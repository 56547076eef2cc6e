import assert from "node:assert/strict";
import { ApiError } from "../../../runtime/errors.ts";
import type { InferResponse } from "../../../runtime/inference/inference.ts";
import { INFERENCE_JOB } from "../../../runtime/jobs/job.ts";
import type { CloudEvent } from "../../../runtime/queue/cloud-event.ts";
import { row } from "../inference/models.ts";
import { thrownBy } from "../inference/thrown-by.ts";
import { JobFixture, useEngine } from "./job-fixture.ts";

const inputs = row(1, 2).inputs;

describe("inference jobs", () => {
  const engine = useEngine();
  let fixture: JobFixture;
  beforeEach(async () => {
    fixture = new JobFixture();
    await fixture.start(engine());
  });
  afterEach(() => fixture.stop());

  function event(id: string, data: unknown): CloudEvent {
    const time = "2026-01-01T01:00:00+01:00";
    return { specversion: "1.0", id, source: "test", type: INFERENCE_JOB, time, data } as CloudEvent;
  }

  async function send(id: string, data: unknown): Promise<void> {
    await fixture.queue.send(JSON.stringify(event(id, data)));
  }

  async function dataOf(id: string): Promise<unknown> {
    const { response } = await fixture.jobs.result(id);
    return (response as InferResponse).outputs[0]?.data;
  }

  it("are pending until they are handled, and have their result in the bucket then", async () => {
    const { jobs } = fixture;
    const job = await jobs.submit({ id: "one", model: "scale", version: 1, inputs });
    assert.deepEqual(job, {
      id: "one",
      state: "pending",
      model: "scale",
      version: "1",
      createdAt: "2026-03-01T12:00:00.000Z",
      startedAt: null,
      finishedAt: null,
      attempts: 0,
      error: null,
      result: null,
      webhook: null,
    });
    assert.deepEqual(await jobs.get("one"), job);
    await assert.rejects(jobs.result("one"), { code: "result-not-found", status: 404 });
    fixture.advance(2);
    await fixture.workOff();
    const at = "2026-03-01T12:00:02.000Z";
    const ended = { ...job, state: "succeeded", startedAt: at, finishedAt: at, attempts: 1 };
    assert.deepEqual(await jobs.get("one"), { ...ended, result: "results/one.json" });
    assert.deepEqual(await dataOf("one"), [2, 4]);
    assert.equal((await jobs.result("one")).finishedAt, at);
  });

  it("are the same for a message on the queue, under any id that one may have", async () => {
    for (const id of ["one", "a/b c…", "x".repeat(256)]) {
      await send(id, { model: "scale", inputs });
      await fixture.workOff();
      const job = await fixture.jobs.get(id);
      assert.deepEqual([job.id, job.state, job.createdAt], [id, "succeeded", "2026-01-01T00:00:00.000Z"]);
      assert.deepEqual(await dataOf(id), [2, 4]);
    }
  });

  it("are one job for one id: the same request again gives it, another one is refused", async () => {
    const request = { id: "one", model: "scale", inputs };
    const first = await fixture.jobs.submit(request);
    assert.deepEqual(await fixture.jobs.submit(request), first);
    const other = { ...request, inputs: row(3, 4).inputs };
    await assert.rejects(fixture.jobs.submit(other), { code: "job-exists", status: 409 });
    await send("one", other);
    await fixture.workOff();
    await fixture.workOff();
    assert.equal((await fixture.jobs.get("one")).attempts, 1);
    assert.deepEqual(await dataOf("one"), [2, 4]);
    assert.equal((await fixture.jobs.submit(request)).state, "succeeded");
  });

  it("are done once, however often and at how many places the message comes", async () => {
    const same = event("one", { model: "scale", inputs });
    await Promise.all([fixture.jobs.handle(same), fixture.jobs.handle(same)]);
    const first = await fixture.jobs.result("one");
    const { attempts } = await fixture.jobs.get("one");
    fixture.advance(5);
    await fixture.jobs.handle(same);
    assert.deepEqual(await fixture.jobs.result("one"), first);
    assert.equal((await fixture.jobs.get("one")).attempts, attempts);
  });

  it("name everything that is wrong before anything is done", async () => {
    const wrongInput = { ...inputs[0], datatype: "INT8" };
    const refusals: [unknown, string, string[]][] = [
      [[], "invalid-job", [""]],
      [{ model: 1, webhook: "ftp://x" }, "invalid-job", ["model", "inputs", "webhook"]],
      [{ model: "scale", inputs: [wrongInput] }, "invalid-job", ["inputs[0].datatype"]],
      [{ model: "none", inputs }, "model-not-found", []],
      [{ id: "", model: "scale", inputs }, "invalid-message", ["id"]],
    ];
    for (const [request, code, paths] of refusals) {
      const error = await thrownBy(fixture.jobs.submit(request));
      assert.deepEqual([error.code, error.problems.map(({ path }) => path)], [code, paths]);
    }
    assert.deepEqual(await fixture.jobs.list({ pageSize: 10 }), { jobs: [], nextPageToken: undefined });
    assert.equal((await fixture.queue.depth()).visible, 0);
  });

  it("fail with the reason where the message is wrong, which goes to the dead letters", async () => {
    await send("poison", { model: "scale", inputs: [{ ...inputs[0], shape: [7] }] });
    await send("unreadable", { model: 1 });
    for (let delivery = 0; delivery < 4; delivery += 1) {
      await fixture.workOff();
      fixture.advance(1);
    }
    const [poison, unreadable] = [await fixture.jobs.get("poison"), await fixture.jobs.get("unreadable")];
    assert.deepEqual([poison.state, poison.error?.code, poison.attempts], ["failed", "invalid-request", 1]);
    assert.ok(poison.error?.problems.some(({ path }) => path === "inputs[0].shape"));
    assert.deepEqual([unreadable.state, unreadable.error?.code], ["failed", "invalid-job"]);
    assert.deepEqual(
      unreadable.error?.problems.map(({ path }) => path),
      ["data.model", "data.inputs"],
    );
    const letters = await fixture.queue.deadLetters();
    assert.deepEqual(letters.map(({ body }) => JSON.parse(body).id).sort(), ["poison", "unreadable"]);
    await assert.rejects(fixture.jobs.result("poison"), { code: "result-not-found" });
  });

  it("are pending again where trying again may help, and tell why the last attempt failed", async () => {
    fixture.nextFailure = new ApiError("too much waits", { status: 503, code: "overloaded" });
    await fixture.jobs.submit({ id: "one", model: "scale", inputs });
    await fixture.workOff();
    const waiting = await fixture.jobs.get("one");
    assert.deepEqual([waiting.state, waiting.error?.code, waiting.attempts], ["pending", "overloaded", 1]);
    fixture.advance(1);
    await fixture.workOff();
    const done = await fixture.jobs.get("one");
    assert.deepEqual([done.state, done.error, done.attempts], ["succeeded", null, 2]);
  });

  it("can be cancelled before they begin, and not after", async () => {
    await fixture.jobs.submit({ id: "one", model: "scale", inputs });
    assert.equal((await fixture.jobs.cancel("one")).state, "cancelled");
    assert.equal((await fixture.jobs.cancel("one")).state, "cancelled");
    await fixture.workOff();
    assert.deepEqual(
      [(await fixture.jobs.get("one")).attempts, (await fixture.queue.depth()).visible],
      [0, 0],
    );
    await assert.rejects(fixture.jobs.result("one"), { code: "result-not-found" });
    await fixture.jobs.submit({ id: "two", model: "scale", inputs });
    await fixture.workOff();
    await assert.rejects(fixture.jobs.cancel("two"), { code: "job-begun", status: 409 });
    await assert.rejects(fixture.jobs.cancel("three"), { code: "job-not-found", status: 404 });
  });

  it("are left alone by a handler that lost the message to another one", async () => {
    const gone = new AbortController();
    gone.abort();
    const lost = event("one", { model: "scale", inputs });
    await assert.rejects(fixture.jobs.handle(lost, gone.signal), { code: "request-aborted" });
    assert.equal((await fixture.jobs.get("one")).state, "running");
    await fixture.jobs.handle(lost);
    assert.deepEqual(await dataOf("one"), [2, 4]);
  });

  it("are listed newest first, page by page and by state", async () => {
    for (const id of ["1", "2", "3", "4"]) {
      await fixture.jobs.submit({ id, model: "scale", inputs });
      fixture.advance(1);
    }
    await fixture.jobs.cancel("2");
    const pages: string[][] = [];
    for (let pageToken: string | undefined; ; ) {
      const page = await fixture.jobs.list({ pageSize: 3, pageToken });
      pages.push(page.jobs.map(({ id }) => id));
      pageToken = page.nextPageToken;
      if (pageToken === undefined) break;
    }
    assert.deepEqual(pages, [["4", "3", "2"], ["1"]]);
    const cancelled = await fixture.jobs.list({ state: "cancelled", pageSize: 3 });
    assert.deepEqual([cancelled.jobs.map(({ id }) => id), cancelled.nextPageToken], [["2"], undefined]);
    await assert.rejects(fixture.jobs.list({ pageSize: 3, pageToken: "x" }), { code: "invalid-page-token" });
  });
});
