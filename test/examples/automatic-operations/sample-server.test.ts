import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import type { Server } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { faultKinds } from "../../../examples/automatic-operations/data/faults.ts";
import { createSampleServer } from "../../../examples/automatic-operations/sample-server/create-sample-server.ts";
import {
  actionNames,
  repairs,
} from "../../../examples/automatic-operations/sample-server/simulated-server.ts";

describe("the sample server", () => {
  let server: Server;
  let url: string;

  beforeEach(async () => {
    server = createSampleServer({ seed: 1 }).listen(0, "127.0.0.1");
    await once(server, "listening");
    url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  });
  afterEach(() => {
    server.closeAllConnections();
    server.close();
  });

  async function call(method: string, path: string, body?: unknown, key?: string) {
    const response = await fetch(`${url}${path}`, {
      method,
      ...(key === undefined ? {} : { headers: { "idempotency-key": key } }),
      ...(body === undefined ? {} : { body: typeof body === "string" ? body : JSON.stringify(body) }),
    });
    // biome-ignore lint/suspicious/noExplicitAny: answers of every shape
    return { status: response.status, body: (await response.json()) as any };
  }
  const fault = async () => (await call("GET", "/servers/a/state")).body.fault?.kind;

  it("is healthy, and reports half an hour of metrics and logs", async () => {
    assert.deepEqual(await call("GET", "/healthz"), { status: 200, body: { status: "ok" } });
    const { body } = await call("GET", "/servers/a/window");
    assert.equal(body.metrics.length, 30);
    assert.ok(body.metrics.every((row: number[]) => row.length === 6));
    assert.ok(body.logs.length > 3);
    assert.deepEqual((await call("GET", "/servers")).body, { servers: ["a"] });
  });

  it("gives the same window until time passes, the same server for the same name, and another for another", async () => {
    const first = (await call("GET", "/servers/a/window")).body;
    assert.deepEqual((await call("GET", "/servers/a/window")).body, first);
    assert.notDeepEqual((await call("GET", "/servers/b/window")).body.metrics, first.metrics);
    assert.equal((await call("POST", "/servers/a/clock", { minutes: 10 })).body.minute, first.minute + 10);
    const later = (await call("GET", "/servers/a/window")).body;
    assert.deepEqual(later.metrics.slice(0, 20), first.metrics.slice(10));
  });

  for (const kind of faultKinds)
    it(`keeps ${kind} until ${repairs[kind]}, and no other action, is carried out`, async () => {
      await call("POST", "/servers/a/faults", { kind });
      for (const action of actionNames.filter((name) => name !== repairs[kind])) {
        const answer = await call("POST", `/servers/a/actions/${action}`, undefined, `key-${action}`);
        assert.equal(answer.body.cured, false);
        assert.equal(await fault(), kind);
      }
      await call("POST", "/servers/a/clock", { minutes: 240 });
      assert.equal(await fault(), kind);
      assert.equal(
        (await call("POST", `/servers/a/actions/${repairs[kind]}`, undefined, "key")).body.cured,
        true,
      );
      assert.equal(await fault(), undefined);
    });

  it("acts once for a key, answers the same again, and counts both", async () => {
    await call("POST", "/servers/a/faults", { kind: "disk-full" });
    const first = await call("POST", "/servers/a/actions/clean-disk", undefined, "run/repair");
    await call("POST", "/servers/a/faults", { kind: "disk-full" });
    const again = await call("POST", "/servers/a/actions/clean-disk", undefined, "run/repair");
    assert.deepEqual(again, first);
    assert.equal(await fault(), "disk-full");
    const { actions } = (await call("GET", "/servers/a/state")).body;
    assert.deepEqual(actions, [
      { key: "run/repair", action: "clean-disk", requests: 2, executions: 1, cured: true },
    ]);
    assert.equal(
      (await call("POST", "/servers/a/actions/restart-service", undefined, "run/repair")).status,
      409,
    );
  });

  it("lets less traffic through while it is drained", async () => {
    const connections = async () => {
      await call("POST", "/servers/a/clock", { minutes: 120 });
      const { metrics } = (await call("GET", "/servers/a/window")).body;
      return metrics.reduce((sum: number, row: number[]) => sum + (row[5] ?? 0), 0) / metrics.length;
    };
    const usual = await connections();
    await call("POST", "/servers/a/actions/drain-traffic", undefined, "1");
    assert.ok((await connections()) < usual * 0.7);
    await call("POST", "/servers/a/actions/restore-traffic", undefined, "2");
    assert.ok((await connections()) > usual * 0.5);
  });

  const bad: [string, string, string, unknown, string | undefined, number, string[]][] = [
    [
      "an unknown kind and a strength too high",
      "POST",
      "/servers/a/faults",
      { kind: "fire", strength: 2 },
      undefined,
      400,
      ["kind", "strength"],
    ],
    ["an unknown field", "POST", "/servers/a/clock", { minutes: 1, hours: 1 }, undefined, 400, ["hours"]],
    ["too many minutes", "POST", "/servers/a/clock", { minutes: 241 }, undefined, 400, ["minutes"]],
    ["broken JSON", "POST", "/servers/a/clock", "{", undefined, 400, ["body"]],
    ["a list", "POST", "/servers/a/faults", [], undefined, 400, ["body"]],
    [
      "an unknown action without a key",
      "POST",
      "/servers/a/actions/burn",
      undefined,
      undefined,
      400,
      ["action", "headers.idempotency-key"],
    ],
    ["a name that is none", "GET", "/servers/A%20b/window", undefined, undefined, 400, ["server"]],
    ["an address that is none", "GET", "/servers/a/window/b/c", undefined, undefined, 404, []],
    ["a broken escape", "GET", "/servers/%E0%A4%A/window", undefined, undefined, 400, ["path"]],
    ["a body too large", "POST", "/servers/a/faults", `"${"x".repeat(70_000)}"`, undefined, 413, []],
  ];
  for (const [what, method, path, body, key, status, places] of bad)
    it(`refuses ${what}, and goes on`, async () => {
      const answer = await call(method, path, body, key);
      assert.equal(answer.status, status, JSON.stringify(answer.body));
      assert.deepEqual(
        answer.body.problems.map((problem: { path: string }) => problem.path),
        places,
      );
      assert.equal(typeof answer.body.error, "string");
      assert.equal((await call("GET", "/healthz")).status, 200);
    });

  it("refuses a second fault while the first is there, naming the repair", async () => {
    await call("POST", "/servers/a/faults", { kind: "memory-leak" });
    const { status, body } = await call("POST", "/servers/a/faults", { kind: "disk-full" });
    assert.equal(status, 409);
    assert.match(body.error, /a still has the fault memory-leak: the action restart-service cures it/);
  });
});

describe("the sample server as a process", () => {
  const file = join(import.meta.dirname, "../../../examples/automatic-operations/sample-server.ts");
  const start = (...options: string[]) => spawn(process.execPath, ["--no-warnings", file, ...options]);

  it("says where it listens, serves, and ends with status 0 when it is asked to", async () => {
    const child = start("--port", "0");
    const [line] = (await once(child.stdout, "data")) as [Buffer];
    const url = /http:\/\/127\.0\.0\.1:\d+/.exec(line.toString())?.[0];
    assert.equal((await fetch(`${url}/healthz`)).status, 200);
    const ended = once(child, "exit");
    child.kill("SIGTERM");
    assert.deepEqual(await ended, [0, null]);
  });

  for (const [what, options, message] of [
    ["a port that is none", ["--port", "70000"], /--port must be a number from 0 to 65535/],
    ["no port", [], /--port must be a number/],
    ["a seed that is none", ["--port", "0", "--seed", "x"], /--seed must be a whole number/],
    ["an unknown option", ["--ports", "1"], /--ports/],
  ] as [string, string[], RegExp][])
    it(`ends with status 2 and the reason for ${what}`, async () => {
      const child = start(...options);
      let errors = "";
      child.stderr.on("data", (chunk: Buffer) => {
        errors += chunk.toString();
      });
      assert.deepEqual(await once(child, "close"), [2, null]);
      assert.match(errors, message);
      assert.match(errors, /usage: sample-server\.ts/);
    });
});
