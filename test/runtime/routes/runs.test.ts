import assert from "node:assert/strict";
import type { Run } from "../../../runtime/workflows/run.ts";
import { engineFixture } from "../workflows/engine-fixture.ts";
import { serveEngine } from "../workflows/engine-server.ts";
import { waitForRun } from "../workflows/wait-for-run.ts";

interface Failure {
  error: string;
  code: string;
  problems: { path: string }[];
}

describe("routes of runs", function () {
  this.timeout(60_000);
  const fixture = engineFixture();
  let server: Awaited<ReturnType<typeof serveEngine>>;

  before(async () => {
    server = await serveEngine(fixture.engine);
    await fixture.engine.putDefinition(
      'name: ask\ninputs: {n: {type: number}}\ntasks:\n  ask: {uses: approve, with: {question: "${string(inputs.n)}?"}}\n',
    );
  });
  after(async () => {
    await server?.close();
  });

  async function call<Body>(method: string, path: string, body?: unknown) {
    const response = await fetch(server.url + path, {
      method,
      ...(body === undefined
        ? {}
        : { headers: { "content-type": "application/json" }, body: JSON.stringify(body) }),
    });
    const isJson = response.headers.get("content-type")?.includes("json");
    return {
      response,
      status: response.status,
      body: (isJson ? await response.json() : await response.text()) as Body,
    };
  }
  const waitForState = (id: string, state: string) =>
    waitForRun(
      async () => (await call<Run>("GET", `/v1/runs/${id}`)).body,
      (run) => run.state === state,
    );

  it("start, show, approve once, list, report", async () => {
    const started = await call<Run>("POST", "/v1/runs", { workflow: "ask", inputs: { n: 1 }, id: "first" });
    assert.equal(started.status, 202);
    assert.equal(started.response.headers.get("location"), "/v1/runs/first");
    assert.deepEqual(Object.keys(started.body).sort(), [
      "createdAt",
      "error",
      "finishedAt",
      "id",
      "inputs",
      "outputs",
      "startedAt",
      "state",
      "tasks",
      "version",
      "workflow",
    ]);
    await waitForState("first", "waiting");
    const answer = { task: "ask", decision: "yes", person: "ada", comment: "go" };
    assert.equal((await call("POST", "/v1/runs/first:approve", answer)).status, 200);
    const second = await call<Failure>("POST", "/v1/runs/first:approve", answer);
    assert.deepEqual([second.status, second.body.code], [409, "already-decided"]);
    const done = await waitForState("first", "succeeded");
    assert.deepEqual(done.tasks[0]?.outputs, { decision: "yes", person: "ada", comment: "go" });
    const list = await call<{ runs: Run[]; nextPageToken?: string }>(
      "GET",
      "/v1/runs?pageSize=1&state=succeeded",
    );
    assert.deepEqual([list.body.runs, list.body.nextPageToken], [[done], undefined]);
    const report = await call<string>("GET", "/v1/runs/first/report");
    assert.match(report.response.headers.get("content-type") ?? "", /^text\/markdown/);
    assert.match(report.body, /^# Run first of ask\n/);
  });

  it("cancel", async () => {
    await call("POST", "/v1/runs", { workflow: "ask", inputs: { n: 1 }, id: "second" });
    await waitForState("second", "waiting");
    assert.equal((await call("POST", "/v1/runs/second:cancel", { reason: "enough" })).status, 200);
    assert.equal((await waitForState("second", "cancelled")).error, "enough");
    assert.equal((await call("POST", "/v1/runs/second:cancel")).status, 409);
  });

  it("pause, resume, retry", async () => {
    await call("POST", "/v1/runs", { workflow: "ask", inputs: { n: 1 }, id: "third" });
    await waitForState("third", "waiting");
    assert.equal((await call("POST", "/v1/runs/third:pause")).status, 200);
    await waitForRun(
      async () => (await call<Run>("GET", "/v1/runs/third")).body,
      ({ paused }) => paused === true,
    );
    assert.equal((await call("POST", "/v1/runs/third:resume")).status, 200);
    const early = await call<Failure>("POST", "/v1/runs/third:retry");
    assert.deepEqual([early.status, early.body.code], [409, "run-not-ended"]);
    await call("POST", "/v1/runs/third:cancel");
    await waitForState("third", "cancelled");
    const again = await call<Run>("POST", "/v1/runs/third:retry");
    assert.deepEqual([again.status, again.body.execution], [200, 2]);
    await waitForState("third", "waiting");
    await call("POST", "/v1/runs/third:approve", { task: "ask", decision: "yes" });
    await waitForState("third", "succeeded");
  });

  it("give the log of a task as it is, that of all tasks by line, and follow it to the end", async () => {
    const specification = `name: talks\ntasks:\n  say: {uses: script, with: {command: [sh, -c, "echo one; printf two"]}}\n`;
    await call("PUT", "/v1/workflows/talks", { specification });
    await call("POST", "/v1/runs", { workflow: "talks", id: "talks" });
    const followed = await call<string>("GET", "/v1/runs/talks/logs?task=say&follow=true");
    assert.match(followed.response.headers.get("content-type") ?? "", /^text\/plain/);
    const log = "attempt 1: sh -c echo one; printf two\none\ntwo";
    assert.equal(followed.body, log);
    const all = await call<string>("GET", "/v1/runs/talks/logs");
    assert.equal(all.body, `say | ${log.replaceAll("\n", "\nsay | ")}\n`);
    const unknown = await call<Failure>("GET", "/v1/runs/talks/logs?task=none");
    assert.deepEqual([unknown.status, unknown.body.code], [404, "task-not-found"]);
  });

  for (const [method, path, body, status, code, problems] of [
    ["GET", "/v1/runs/none", undefined, 404, "run-not-found", []],
    ["GET", "/v1/runs/%2e%2e%2fx", undefined, 404, "run-not-found", []],
    ["GET", "/v1/runs/none/report", undefined, 404, "run-not-found", []],
    ["POST", "/v1/runs/none:cancel", {}, 404, "run-not-found", []],
    ["GET", "/v1/runs?pageToken=bogus", undefined, 400, "invalid-page-token", ["pageToken"]],
    [
      "GET",
      "/v1/runs?pageSize=201&state=done&sort=x",
      undefined,
      400,
      "invalid-request",
      ["state", "pageSize", ""],
    ],
    ["POST", "/v1/runs", { inputs: 3, extra: 1 }, 400, "invalid-request", ["workflow", "inputs", ""]],
    ["POST", "/v1/runs", { workflow: "none" }, 404, "workflow-not-found", []],
    ["POST", "/v1/runs", { workflow: "ask", version: 9 }, 404, "workflow-not-found", []],
    [
      "POST",
      "/v1/runs",
      { workflow: "ask", inputs: { n: "x", m: 1 } },
      400,
      "invalid-inputs",
      ["inputs.n", "inputs.m"],
    ],
    ["POST", "/v1/runs/none:approve", { task: 1 }, 400, "invalid-request", ["task", "decision"]],
  ] as const)
    it(`${method} ${path} ${JSON.stringify(body) ?? ""} answers ${status} ${code}`, async () => {
      const answer = await call<Failure>(method, path, body);
      assert.deepEqual([answer.status, answer.body.code], [status, code]);
      assert.deepEqual(
        answer.body.problems.map((problem) => problem.path),
        problems,
      );
    });
});
