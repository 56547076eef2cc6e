import assert from "node:assert/strict";
import type { ServerResponse } from "node:http";
import { join } from "node:path";
import type { TaskContext } from "../../../../runtime/workflows/task-type.ts";
import { http } from "../../../../runtime/workflows/task-types/http.ts";
import { temporaryFolder } from "../temporary-folder.ts";
import { problemsOf, runTask, secretsOf, taskContext } from "./run-task.ts";
import { startTestServer, type TestServer } from "./test-server.ts";

describe("task http", function () {
  this.timeout(120_000);
  const folder = temporaryFolder();
  let server: TestServer;
  let context: TaskContext;
  const json = (response: ServerResponse, status: number, value: unknown) =>
    response.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify(value));

  before(async () => {
    server = await startTestServer();
    const secrets = secretsOf({ token: "t0ken-value", short: "abc" });
    context = taskContext(join(folder.path, "bucket"), { secrets });
  });
  beforeEach(() => {
    server.seen.splice(0);
    server.answer = (_request, response) => void response.end();
  });
  after(async () => {
    await context.outbound.close();
    await server.close();
  });
  let calls = 0;
  /** Each call is a task of its own. */
  const call = (parameters: object) =>
    runTask(http, { url: server.url, ...parameters }, { ...context, key: `run-1/step-${++calls}` });

  it("sends method, query, headers and a body as JSON or text, and parses the answer", async () => {
    server.answer = (_request, response) => json(response, 201, { made: [1, 2] });
    const outputs = await call({
      method: "PUT",
      url: `${server.url}/things?a=1`,
      query: { b: ["x y", 2], c: null, d: true },
      headers: { "X-Own": "yes" },
      json: { n: 1 },
    });
    assert.deepEqual([outputs.status, outputs.body], [201, { made: [1, 2] }]);
    assert.equal(outputs.url, `${server.url}/things?a=1&b=x+y&b=2&d=true`);
    const [seen] = server.seen;
    assert.deepEqual([seen?.method, seen?.body], ["PUT", '{"n":1}']);
    assert.deepEqual([seen?.headers["x-own"], seen?.headers["content-type"]], ["yes", "application/json"]);
    server.answer = (_request, response) => void response.writeHead(204).end();
    const plain = await call({
      method: "POST",
      text: "a,b",
      headers: { "Content-Type": "text/csv" },
    });
    assert.equal(plain.body, null);
    assert.equal(server.seen[1]?.headers["content-type"], "text/csv");
  });

  it("takes the expected statuses only", async () => {
    server.answer = (_request, response) => json(response, 404, { error: "none" });
    assert.deepEqual((await call({ expect: [200, 404] })).body, { error: "none" });
    await assert.rejects(call({}), {
      code: "http-status",
      status: 422,
      message: /^GET http:.* answered 404: \{"error":"none"\}$/,
    });
  });

  it("limits and checks the answer", async () => {
    server.answer = (_request, response) => void response.end("12345");
    assert.equal((await call({ maximumAnswerBytes: 5 })).body, "12345");
    await assert.rejects(call({ maximumAnswerBytes: 4 }), { code: "answer-too-large" });
    server.answer = (_request, response) => void response.end(Buffer.from([0xff, 0xfe, 0x00]));
    await assert.rejects(call({}), { code: "answer-not-text" });
    server.answer = (_request, response) =>
      void response.writeHead(200, { "content-type": "application/problem+json" }).end("{");
    await assert.rejects(call({}), { code: "answer-not-json" });
  });

  it("authenticates from a secret, and masks it wherever the server sends it back", async () => {
    server.answer = ({ headers }, response) => json(response, 200, { ...headers });
    for (const [auth, header, sent] of [
      [{ bearer: "token" }, "authorization", "Bearer t0ken-value"],
      [
        { basic: { user: "ada", password: "token" } },
        "authorization",
        `Basic ${Buffer.from("ada:t0ken-value").toString("base64")}`,
      ],
      [{ header: { name: "X-Api-Key", secret: "token" } }, "x-api-key", "t0ken-value"],
    ] as const) {
      server.seen.splice(0);
      const outputs = await call({ auth });
      assert.equal(server.seen[0]?.headers[header], sent);
      const told = (outputs.body as Record<string, string>)[header];
      assert.equal(told, sent.replace(/[^ ]+$/, "***"));
    }
    server.answer = ({ headers }, response) => json(response, 400, { seen: headers.authorization });
    await assert.rejects(call({ auth: { bearer: "token" } }), /answered 400: \{"seen":"Bearer \*\*\*"\}$/);
    server.seen.splice(0);
    await assert.rejects(call({ auth: { bearer: "short" } }), { code: "secret-too-short" });
    assert.equal(server.seen.length, 0);
  });

  it("is tried again only where a second call does no harm", async () => {
    server.answer = (_request, response) => json(response, 503, {});
    await assert.rejects(call({}), { code: "http-status", status: 502 });
    await assert.rejects(call({ method: "POST", json: {} }), {
      status: 422,
      message: /answered 503: \{\}; a POST is not tried again unless the task says idempotent: true/,
    });
    await assert.rejects(call({ method: "POST", json: {}, idempotent: true }), { status: 502 });
    assert.equal(server.seen.at(-1)?.headers["idempotency-key"], `run-1/step-${calls}`);
    server.answer = (_request, response) => void response.destroy();
    await assert.rejects(call({ method: "POST" }), { code: "target-unreachable", status: 422 });
    const gone = await startTestServer();
    await gone.close();
    await assert.rejects(call({ method: "POST", url: gone.url }), {
      code: "target-unreachable",
      status: 502,
    });
  });

  it("does not repeat a call whose process was lost, unless it is idempotent", async () => {
    const attempt = (parameters: object) =>
      runTask(http, { url: server.url, method: "POST", ...parameters }, { ...context, key: "run-1/lost" });
    await attempt({});
    await assert.rejects(attempt({}), { code: "http-outcome-unknown", status: 409 });
    assert.equal(server.seen.length, 1);
    await attempt({ idempotent: true });
    await attempt({ idempotent: true });
    assert.equal(server.seen.length, 3);
  });

  it("keeps away from addresses that are not allowed", async () => {
    await assert.rejects(call({ url: "http://169.254.169.254/latest/meta-data/" }), {
      code: "address-not-allowed",
      status: 403,
    });
  });

  it("names everything that is wrong with its declaration", () => {
    assert.deepEqual(
      problemsOf(http, {
        method: "GET",
        url: "https://${inputs.host}/",
        headers: { Host: "x", Authorization: "Bearer x" },
        json: {},
        text: "x",
        auth: { bearer: "token" },
      }),
      [
        "auth: needs a URL whose host is fixed in the file: no expression decides who gets a secret",
        "text: must not stand beside json",
        "json: a GET has no body",
        "headers.Host: is set by the runtime",
        "headers.Authorization: is given by auth, from a secret",
      ],
    );
    assert.deepEqual(problemsOf(http, { url: "ftp://host" }), ["url: must begin with http:// or https://"]);
    assert.deepEqual(problemsOf(http, { url: "https://host/${inputs.path}", auth: { bearer: "token" } }), []);
    const hidden = { url: "https://${inputs.host}/", query: "${inputs.query}", auth: { bearer: "token" } };
    assert.match(problemsOf(http, hidden).join("\n"), /^auth: needs a URL whose host is fixed/m);
    const [two] = problemsOf(http, {
      url: "https://host",
      auth: { bearer: "token", header: { name: "X", secret: "token" } },
    });
    assert.equal(two, "auth: must hold one of bearer, basic, header");
    const [expression] = problemsOf(http, { url: "https://host", auth: { bearer: "${inputs.secret}" } });
    assert.match(expression ?? "", /^auth\.bearer: must be the name of a secret.*no expression decides it$/);
  });
});
