import assert from "node:assert/strict";
import type { TaskRun } from "../../../runtime/workflows/run.ts";
import { engineFixture } from "../workflows/engine-fixture.ts";
import { serveEngine } from "../workflows/engine-server.ts";
import { waitForRun } from "../workflows/wait-for-run.ts";

interface ServerSentEvent {
  id: number;
  event: string;
  data: Partial<TaskRun>;
}

describe("GET /v1/runs/{id}/events", function () {
  this.timeout(60_000);
  const fixture = engineFixture();
  let server: Awaited<ReturnType<typeof serveEngine>>;

  before(async () => {
    server = await serveEngine(fixture.engine);
    await fixture.engine.putDefinition(`name: asking
tasks:
  ask: {uses: approve, with: {question: "?"}}
  act: {uses: decide, needs: [ask], with: {outputs: {done: true}}}
`);
  });
  after(async () => {
    await server?.close();
  });

  const open = (id: string, headers: Record<string, string> = {}, query = "") =>
    fetch(`${server.url}/v1/runs/${id}/events${query}`, { headers });

  /** Those up to the end of the answer, or up to one that is wanted. */
  async function eventsOf(
    response: Response,
    isWanted: (event: ServerSentEvent) => boolean = () => false,
  ): Promise<ServerSentEvent[]> {
    assert.match(response.headers.get("content-type") ?? "", /^text\/event-stream/);
    const events: ServerSentEvent[] = [];
    let text = "";
    for await (const chunk of response.body?.pipeThrough(new TextDecoderStream()) ?? []) {
      text += chunk;
      for (let end = text.indexOf("\n\n"); end >= 0; end = text.indexOf("\n\n")) {
        const lines = Object.fromEntries(
          text
            .slice(0, end)
            .split("\n")
            .map((line) => line.split(/: (.*)/s, 2)),
        );
        text = text.slice(end + 2);
        const event = { id: Number(lines.id), event: lines.event, data: JSON.parse(lines.data) };
        events.push(event);
        if (isWanted(event)) return events;
      }
    }
    return events;
  }
  const brief = ({ event, data }: ServerSentEvent) => `${data.name ?? event} ${data.state}`;

  it("sends the states of run and tasks until the end; a client resumes after what it has seen", async () => {
    const run = await fixture.engine.startRun({ workflow: "asking" });
    await waitForRun(
      () => fixture.engine.getRun(run.id),
      (now) => now.state === "waiting",
    );
    const first = await eventsOf(await open(run.id), ({ event }) => event === "run");
    assert.deepEqual(first.map(brief), ["act pending", "ask waiting", "run waiting"]);
    assert.equal(
      first.some(({ data }) => "inputs" in data),
      false,
    );

    const following = open(run.id, { "last-event-id": String(first.at(-1)?.id) });
    await fixture.engine.approve(run.id, { task: "ask", decision: "yes" });
    const rest = await eventsOf(await following);
    const seen = rest.map(brief);
    assert.deepEqual(
      [seen.at(-1), seen.includes("ask succeeded"), seen.includes("act succeeded")],
      ["run succeeded", true, true],
    );
    assert.equal(seen.includes("act pending"), false);
    const ids = rest
      .slice(0, -1)
      .filter(({ event }) => event === "task")
      .map(({ id }) => id);
    assert.deepEqual(
      ids,
      [...ids].sort((a, b) => a - b),
    );

    const last = String(rest.at(-1)?.id);
    assert.equal((await open(run.id, { "last-event-id": last })).status, 204);
    const again = await eventsOf(await open(run.id, {}, `?lastEventId=${Number(last) - 1}`));
    assert.deepEqual(again.map(brief), ["run succeeded"]);
  });

  it("refuses an unknown run, and an id that is none", async () => {
    assert.equal((await open("run-nowhere")).status, 404);
    const run = await fixture.engine.startRun({ workflow: "asking" });
    const answer = await open(run.id, { "last-event-id": "x" });
    assert.equal(answer.status, 400);
    assert.match(
      ((await answer.json()) as { error: string }).error,
      /Last-Event-ID: must be the id of an event/,
    );
  });
});
