import assert from "node:assert/strict";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { googleFailure } from "../../../runtime/google-errors.ts";
import { createPubsubBacklog } from "../../../runtime/queue/google-pubsub-depth.ts";

/** As in https://cloud.google.com/monitoring/api/ref_v3/rest/v3/projects.timeSeries/list, the newest point first. */
const series = (subscription: string, ...counts: number[]) => ({
  metric: { type: "pubsub.googleapis.com/subscription/num_undelivered_messages" },
  resource: {
    type: "pubsub_subscription",
    labels: { project_id: "project", subscription_id: subscription },
  },
  metricKind: "GAUGE",
  valueType: "INT64",
  points: counts.map((count, index) => {
    const time = `2026-11-24T12:${59 - index}:00Z`;
    return { interval: { startTime: time, endTime: time }, value: { int64Value: String(count) } };
  }),
});

async function startMonitoring(answers: { status: number; content: object }[]) {
  const requests: URL[] = [];
  const server = createServer((request, response) => {
    requests.push(new URL(request.url ?? "/", "http://monitoring"));
    const { status, content } = answers[Math.min(requests.length, answers.length) - 1] ?? {
      status: 500,
      content: {},
    };
    response.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify(content));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const backlog = createPubsubBacklog({
    calls: { requestHeaders: () => assert.fail("asked for credentials to send without TLS") },
    project: "project",
    endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`,
  });
  const stop = () => {
    server.closeAllConnections();
    server.close();
  };
  return { backlog, requests, stop };
}

const error = (status: number, message: string) => ({
  status,
  content: { error: { code: status, message, status: "FAILED" } },
});

describe("the backlog of Pub/Sub", () => {
  let stop = () => undefined as unknown;
  afterEach(() => stop());

  async function start(...answers: { status: number; content: object }[]) {
    const started = await startMonitoring(answers);
    stop = started.stop;
    return started;
  }

  it("is the newest point of each subscription, and unknown where there is none", async () => {
    const timeSeries = [series("dead", 3), series("queue", 12, 40), series("silent")];
    const { backlog, requests } = await start({ status: 200, content: { timeSeries, unit: "1" } });
    assert.deepEqual(await backlog(["queue", "dead", "silent", "new"]), [12, 3, undefined, undefined]);
    const { pathname, searchParams } = requests[0] ?? assert.fail("no request");
    assert.equal(pathname, "/v3/projects/project/timeSeries");
    assert.equal(
      searchParams.get("filter"),
      'metric.type = "pubsub.googleapis.com/subscription/num_undelivered_messages" AND resource.labels.subscription_id = one_of("queue", "dead", "silent", "new")',
    );
    const [from, to] = ["startTime", "endTime"].map((end) =>
      Date.parse(String(searchParams.get(`interval.${end}`))),
    );
    assert.equal(Number(to) - Number(from), 600_000);
  });

  it("is unknown where Monitoring has nothing at all", async () => {
    const { backlog } = await start({ status: 200, content: {} });
    assert.deepEqual(await backlog(["queue"]), [undefined]);
  });

  it("is asked for again when Monitoring fails for a moment", async () => {
    const timeSeries = [series("queue", 1)];
    const answers = [error(503, "try again"), error(429, "slower"), { status: 200, content: { timeSeries } }];
    const { backlog, requests } = await start(...answers);
    assert.deepEqual(await backlog(["queue"]), [1]);
    assert.equal(requests.length, 3);
  });

  it("tells what is missing when it is refused", async () => {
    const { backlog, requests } = await start(error(403, "Permission monitoring.timeSeries.list denied"));
    await assert.rejects(backlog(["queue"]), (thrown) => {
      assert.equal(googleFailure(thrown), "access-denied");
      assert.match(String(thrown), /monitoring\.timeSeries\.list/);
      return true;
    });
    assert.equal(requests.length, 1);
  });
});
