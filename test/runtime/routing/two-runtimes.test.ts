import assert from "node:assert/strict";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { readConfig } from "../../../runtime/config.ts";
import { publishModel } from "../../../runtime/inference/model-repository.ts";
import { createLogger } from "../../../runtime/monitoring/logger.ts";
import { createLocalObjectStore } from "../../../runtime/object-store/local.ts";
import { type Runtime, startRuntime } from "../../../runtime/runtime.ts";
import { createTemporaryFolder, type TemporaryFolder } from "../../contracts/temporary-folder.ts";
import { row, scaleModel } from "../inference/models.ts";
import { freePorts } from "../workflows/restate-server.ts";

describe("rewards at two runtimes on one bucket", function () {
  this.timeout(60_000);
  let folder: TemporaryFolder;
  const runtimes: Runtime[] = [];
  let first: number;
  let second: number;

  before(async () => {
    folder = await createTemporaryFolder();
    const store = createLocalObjectStore({ folder: join(folder.path, "bucket") });
    await publishModel(store, scaleModel(1, "one"));
    await publishModel(store, scaleModel(2, "two"));
    first = await start();
    second = await start();
    const targets = { one: { model: "one" }, two: { model: "two" } };
    const route = { kind: "bandit", algorithm: "thompson", targets };
    const { status } = await call(first, "PUT", "/v1/routes/best", route);
    assert.equal(status, 200);
  });
  after(async () => {
    await Promise.all(runtimes.map((runtime) => runtime.stop()));
    await folder.remove();
  });

  async function start(): Promise<number> {
    const [port = 0, workflowPort, nobody] = await freePorts(3);
    const config = readConfig({
      SKYLOOM_PORT: String(port),
      SKYLOOM_WORKFLOW_PORT: String(workflowPort),
      SKYLOOM_RESTATE_ADMIN: `http://127.0.0.1:${nobody}`,
      SKYLOOM_BUCKET: pathToFileURL(join(folder.path, "bucket")).href,
      SKYLOOM_QUEUE: `sqlite://${join(folder.path, "queue.db")}`,
      SKYLOOM_LOG_LEVEL: "silent",
    });
    runtimes.push(await startRuntime(config, createLogger("silent")));
    return port;
  }

  async function call(port: number, method: string, path: string, body: object) {
    const response = await fetch(`http://127.0.0.1:${port}${path}`, {
      method,
      headers: { "Content-Type": "application/json" },
      body: JSON.stringify(body),
    });
    // biome-ignore lint/suspicious/noExplicitAny: answers of any form
    return { status: response.status, body: (await response.json()) as any };
  }

  const infer = async (port: number, id?: string) => {
    const { status, body } = await call(port, "POST", "/v2/models/best/infer", { ...row(1, 1), id });
    assert.equal(status, 200);
    return body;
  };
  const reward = (port: number, requestId: string) =>
    call(port, "POST", "/v1/feedback", { requestId, reward: 1 });

  /** However long the machine takes until the other runtime's decisions are in the bucket. */
  async function rewardKnown(port: number, requestId: string): ReturnType<typeof call> {
    const answer = await reward(port, requestId);
    return answer.body.code === "decision-not-found" ? rewardKnown(port, requestId) : answer;
  }

  it("are taken at once at the one that has not heard of the route yet", async () => {
    const { id, model_name: target } = await infer(first);
    assert.deepEqual(await reward(second, id), { status: 200, body: { route: "best", target } });
  });

  it("are taken by a client's own id at the one that did not answer", async () => {
    for (const id of ["visit-1", "visit-2", 'a "third" visit']) {
      const { model_name: target } = await infer(first, id);
      assert.deepEqual(await rewardKnown(second, id), { status: 200, body: { route: "best", target } });
    }
  });

  it("count once for each request, however many come by either id at both at the same time", async () => {
    const { parameters } = await infer(first, "visit-4");
    // With a later one the bucket has this one too.
    await infer(first, "visit-5");
    await rewardKnown(second, "visit-5");
    const answers = await Promise.all(
      ["visit-4", parameters.decision].flatMap((id) => [first, second].map((port) => reward(port, id))),
    );
    const statuses = answers.map(({ status }) => status).sort();
    assert.deepEqual(statuses, [200, 409, 409, 409]);
    for (const port of [first, second])
      assert.equal((await reward(port, "visit-4")).body.code, "reward-already-given");
  });

  it("are refused for a request that neither answered", async () => {
    const { status, body } = await reward(second, "nobody's");
    assert.deepEqual([status, body.code], [404, "decision-not-found"]);
  });
});
