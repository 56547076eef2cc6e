import assert from "node:assert/strict";
import { join } from "node:path";
import { serveEngine, testEngine } from "../workflows/engine-server.ts";
import { temporaryFolder } from "../workflows/temporary-folder.ts";

describe("routes of workflows", () => {
  const folder = temporaryFolder();
  let server: Awaited<ReturnType<typeof serveEngine>>;

  before(async () => {
    // Definitions need no Restate.
    const nowhere = "http://127.0.0.1:1";
    const bucket = join(folder.path, "bucket");
    server = await serveEngine(
      testEngine({ bucket, restateIngress: nowhere, restateAdmin: nowhere, workflowPort: 0 }),
    );
  });
  after(() => server.close());

  async function call(method: string, path: string, body?: unknown) {
    const response = await fetch(server.url + path, {
      method,
      ...(body === undefined
        ? {}
        : { headers: { "content-type": "application/json" }, body: JSON.stringify(body) }),
    });
    // biome-ignore lint/suspicious/noExplicitAny: answers of every shape
    return { status: response.status, body: (await response.json()) as any };
  }
  const specification =
    "name: hello\ndescription: greets\ntasks:\n  a: {uses: notify, with: {message: hi}}\n";

  it("put, list and show a workflow; the same content is the same version", async () => {
    const files = { "greet.sh": "echo hi" };
    for (let n = 0; n < 2; n++) {
      const { status, body } = await call("PUT", "/v1/workflows/hello", { specification, files });
      assert.deepEqual([status, body.name, body.version], [200, "hello", 1]);
      assert.match(body.warnings[0].message, /requirement model/);
    }
    assert.equal((await call("PUT", "/v1/workflows/hello", { specification })).body.version, 2);
    const list = await call("GET", "/v1/workflows");
    assert.deepEqual(
      list.body.workflows.map(({ name, version }: { name: string; version: number }) => [name, version]),
      [["hello", 2]],
    );
    const shown = await call("GET", "/v1/workflows/hello?version=1");
    assert.deepEqual([shown.body.version, shown.body.versions, shown.body.files], [1, [1, 2], files]);
    assert.equal(shown.body.specification, specification);
    assert.match(shown.body.mermaid, /^flowchart/);
    assert.equal(shown.body.tasks[0].name, "a");
  });

  it("draw a workflow, and give the schema of its file", async () => {
    await call("PUT", "/v1/workflows/drawn", { specification: specification.replace("hello", "drawn") });
    const drawn = await fetch(`${server.url}/v1/workflows/drawn/mermaid`);
    assert.match(drawn.headers.get("content-type") ?? "", /mermaid/);
    assert.match(await drawn.text(), /^flowchart TD/);
    const { body } = await call("GET", "/v1/workflows:schema");
    assert.equal(body.properties.tasks.type, "object");
  });

  it("validate without storing anything", async () => {
    const good = await call("POST", "/v1/workflows:validate", {
      specification: specification.replace("hello", "other"),
    });
    assert.deepEqual([good.status, good.body.valid, good.body.name], [200, true, "other"]);
    const bad = await call("POST", "/v1/workflows:validate", {
      specification: "name: x\ntasks: {a: {uses: nothing}}\n",
    });
    assert.deepEqual([bad.status, bad.body.valid], [200, false]);
    assert.match(bad.body.problems[0].message, /^line 2, column 19: unknown task type/);
    assert.equal((await call("GET", "/v1/workflows/other")).status, 404);
  });

  it("delete a workflow, unless another one starts it", async () => {
    const remove = (name: string) => fetch(`${server.url}/v1/workflows/${name}`, { method: "DELETE" });
    await call("PUT", "/v1/workflows/inner", { specification: specification.replace("hello", "inner") });
    await call("PUT", "/v1/workflows/outer", {
      specification: "name: outer\ntasks:\n  a: {uses: workflow, with: {workflow: inner}}\n",
    });
    const refused = await call("DELETE", "/v1/workflows/inner");
    assert.deepEqual([refused.status, refused.body.code], [409, "workflow-in-use"]);
    assert.match(refused.body.error, /"inner" is started by outer \(task a\): change or delete these first/);
    for (const name of ["outer", "inner"]) {
      assert.equal((await remove(name)).status, 204);
      assert.equal((await call("GET", `/v1/workflows/${name}`)).status, 404);
    }
    const again = await call("DELETE", "/v1/workflows/inner");
    assert.deepEqual([again.status, again.body.code], [404, "workflow-not-found"]);
  });

  for (const [what, method, path, body, status, code] of [
    ["another name in the URL", "PUT", "/v1/workflows/goodbye", { specification }, 400, "invalid-workflow"],
    ["a broken workflow", "PUT", "/v1/workflows/x", { specification: "name: x" }, 400, "invalid-workflow"],
    [
      "a file outside",
      "PUT",
      "/v1/workflows/hello",
      { specification, files: { "../x": "" } },
      400,
      "invalid-workflow",
    ],
    ["a body without specification", "PUT", "/v1/workflows/x", {}, 400, "invalid-request"],
    ["an unknown workflow", "GET", "/v1/workflows/nothing", undefined, 404, "workflow-not-found"],
    ["a bad version", "GET", "/v1/workflows/hello?version=0", undefined, 400, "invalid-request"],
  ] as const)
    it(`refuse ${what}`, async () => {
      const answer = await call(method, path, body);
      assert.deepEqual([answer.status, answer.body.code], [status, code]);
    });
});
