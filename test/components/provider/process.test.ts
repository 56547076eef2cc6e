import assert from "node:assert/strict";
import { once } from "node:events";
import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import { join } from "node:path";
import { writeRecord } from "../../../components/clouds/local/processes/process-record.ts";
import {
  createFixture,
  type Fixture,
  freePort,
  isRunning,
  recordOf,
  secret,
  unknown,
  urn,
} from "./fixture.ts";

const process1 = urn("Process", "one");

describe("local provider: Process", () => {
  let fixture: Fixture;
  let port: number;
  beforeEach(async () => {
    fixture = createFixture();
    port = await freePort();
  });
  afterEach(() => fixture.remove());

  const answer = async (path = "/x") => (await fetch(`http://127.0.0.1:${port}${path}`)).text();

  it("starts, in a session of its own, and is healthy when create returns", async () => {
    const inputs = fixture.processInputs(port);
    const { id, outs } = await fixture.provider.create(process1, inputs);
    assert.equal(id, "one");
    assert.equal(await answer("/hello"), "/hello");
    assert.equal(outs.state, "running");
    assert.equal(outs.pid, recordOf(inputs.stateFolder).pid);
    assert.equal(outs.logFile, join(inputs.stateFolder, "process.log"));
    const stat = readFileSync(`/proc/${outs.pid}/stat`, "utf8").split(") ")[1]?.split(" ") ?? [];
    assert.deepEqual(stat.slice(2, 4), [String(outs.pid), String(outs.pid)], "group and session");
  });

  it("is read as it was when nothing happened, and asks for no update", async () => {
    const inputs = fixture.processInputs(port);
    const { id, outs } = await fixture.provider.create(process1, inputs);
    const { props } = await fixture.provider.read(id, process1, outs);
    assert.deepEqual(props, outs);
    assert.equal((await fixture.provider.diff(id, process1, props, inputs)).changes, false);
  });

  it("is found stopped after a kill, and an update starts it again", async () => {
    const inputs = fixture.processInputs(port);
    const { id, outs } = await fixture.provider.create(process1, inputs);
    process.kill(outs.pid, "SIGKILL");
    while (isRunning(outs.pid)) await new Promise(setImmediate);
    const { props } = await fixture.provider.read(id, process1, outs);
    assert.equal(props.state, "stopped");
    assert.equal(props.pid, undefined);
    assert.deepEqual(await fixture.provider.diff(id, process1, props, inputs), {
      changes: true,
      replaces: [],
      deleteBeforeReplace: true,
    });
    const updated = await fixture.provider.update(id, process1, props, inputs);
    assert.equal(updated.outs.state, "running");
    assert.notEqual(updated.outs.pid, outs.pid);
    assert.equal(await answer(), "/x");
  });

  it("is found unhealthy by its liveness, and an update starts it again", async () => {
    const sickFile = join(fixture.folder, "sick");
    const inputs = fixture.withEnvironment(port, { SICK_FILE: sickFile });
    const { id, outs } = await fixture.provider.create(process1, inputs);
    writeFileSync(sickFile, "");
    const { props } = await fixture.provider.read(id, process1, outs);
    assert.equal(props.state, "unhealthy");
    const cured = { ...inputs, environment: { PORT: String(port) } };
    const updated = await fixture.provider.update(id, process1, props, cured);
    assert.equal(updated.outs.state, "running");
    assert.equal(isRunning(outs.pid), false);
  });

  it("does not take another process with the same pid for its own", async () => {
    const inputs = fixture.processInputs(port);
    const { id, outs } = await fixture.provider.create(process1, inputs);
    await fixture.provider.delete(id, process1, outs);
    const record = { ports: [], stopSeconds: 0, startedAt: "2026-01-01T00:00:00Z" };
    writeRecord(inputs.stateFolder, { ...record, pid: process.pid, startTime: "1@an earlier boot" });
    assert.equal((await fixture.provider.read(id, process1, outs)).props.state, "stopped");
    await fixture.provider.delete(id, process1, outs); // would end this very test
    assert.equal(existsSync(join(inputs.stateFolder, "process.json")), false);
  });

  it("tells the exit status and the last lines, without secrets, of a process that ends at its start", async () => {
    const inputs = fixture.withEnvironment(port, { EXITS: "3", SAYS: secret("the word is swordfish123") });
    await assert.rejects(fixture.provider.create(process1, inputs), ({ message }: Error) => {
      assert.match(message, /process one ended with exit status 3/);
      assert.match(message, /last lines of .*process\.log:\n {2}\[secret\]/);
      assert.doesNotMatch(message, /swordfish/);
      return true;
    });
    assert.equal(existsSync(join(inputs.stateFolder, "process.json")), false);
  });

  it("stops a process that does not become healthy in time", async () => {
    const inputs = fixture.processInputs(port, {
      environment: { SAYS: "I serve nothing", STAYS: "1" },
      healthCheck: { url: `http://127.0.0.1:${port}/`, timeoutSeconds: 0.3 },
    });
    await assert.rejects(
      fixture.provider.create(process1, inputs),
      /did not become healthy within 0\.3 s: .* does not answer: .*ECONNREFUSED/,
    );
    assert.equal(existsSync(join(inputs.stateFolder, "process.json")), false);
  });

  it("stops the process when the update is cancelled during its start", async () => {
    const inputs = fixture.processInputs(port, { environment: { STAYS: "1" } });
    const created = fixture.provider.create(process1, inputs);
    while (!existsSync(join(inputs.stateFolder, "process.json"))) await new Promise(setImmediate);
    const { pid } = recordOf(inputs.stateFolder);
    await fixture.provider.cancel();
    await assert.rejects(created, /start was cancelled/);
    assert.equal(isRunning(pid), false);
  });

  it("reports a process that asks for more memory than its limit", async () => {
    const gibibyte = 1024 ** 3;
    const limits = { memoryBytes: gibibyte, openFiles: 128 };
    const small = fixture.processInputs(port, { limits });
    const { id, outs } = await fixture.provider.create(process1, small);
    const applied = readFileSync(`/proc/${outs.pid}/limits`, "utf8");
    assert.match(applied, new RegExp(`Max data size +${gibibyte} +${gibibyte}`));
    assert.match(applied, /Max open files +128 +128/);
    await fixture.provider.delete(id, process1, outs);

    const large = { ...fixture.withEnvironment(port, { ALLOCATES: String(2 * gibibyte) }), limits };
    await assert.rejects(
      fixture.provider.create(process1, large),
      /ended .*\(its limits: 1073741824 bytes of memory, 128 open files\)[\s\S]*Failed to allocate memory/,
    );
  });

  it("keeps secrets out of its files and off the command line, and marked in the state", async () => {
    const inputs = fixture.withEnvironment(port, { SKYLOOM_TOKEN: secret("swordfish-swordfish") });
    const { outs } = await fixture.provider.create(process1, inputs);
    assert.deepEqual(outs.environment, inputs.environment);
    assert.match(readFileSync(`/proc/${outs.pid}/environ`, "utf8"), /SKYLOOM_TOKEN=swordfish-swordfish/);
    assert.doesNotMatch(readFileSync(`/proc/${outs.pid}/cmdline`, "utf8"), /swordfish/);
    for (const file of readdirSync(inputs.stateFolder))
      assert.doesNotMatch(readFileSync(join(inputs.stateFolder, file), "utf8"), /swordfish/, file);
  });

  it("passes nothing on from its own environment but the basics", async () => {
    process.env.SKYLOOM_NOT_FOR_OTHERS = "1";
    try {
      const { outs } = await fixture.provider.create(process1, fixture.processInputs(port));
      assert.doesNotMatch(readFileSync(`/proc/${outs.pid}/environ`, "utf8"), /SKYLOOM_NOT_FOR_OTHERS/);
    } finally {
      delete process.env.SKYLOOM_NOT_FOR_OTHERS;
    }
  });

  it("stops with everything it started, also what ignores SIGTERM or has a session of its own", async () => {
    const childrenFile = join(fixture.folder, "children.json");
    const environment = { IGNORES_TERM: "1", CHILDREN: childrenFile };
    const inputs = { ...fixture.withEnvironment(port, environment), stopSeconds: 0.2 };
    const { id, outs } = await fixture.provider.create(process1, inputs);
    const children: number[] = JSON.parse(readFileSync(childrenFile, "utf8"));
    assert.deepEqual([outs.pid, ...children].map(isRunning), [true, true, true]);
    await fixture.provider.delete(id, process1, outs);
    assert.deepEqual([outs.pid, ...children].map(isRunning), [false, false, false]);
    await assert.rejects(answer());
  });

  it("stops what a killed process left in its group", async () => {
    const childrenFile = join(fixture.folder, "children.json");
    const inputs = fixture.withEnvironment(port, { CHILDREN: childrenFile });
    const { id, outs } = await fixture.provider.create(process1, inputs);
    const [child = 0, detached = 0]: number[] = JSON.parse(readFileSync(childrenFile, "utf8"));
    process.kill(outs.pid, "SIGKILL");
    while (isRunning(outs.pid)) await new Promise(setImmediate);
    await fixture.provider.delete(id, process1, outs);
    assert.equal(isRunning(child), false);
    process.kill(detached, "SIGKILL"); // out of reach: nothing ties it to the dead process any more
  });

  it("starts again for a changed environment, and not for a changed health check", async () => {
    const inputs = fixture.processInputs(port);
    const { id, outs } = await fixture.provider.create(process1, inputs);
    const slower = { ...inputs, healthCheck: { url: `http://127.0.0.1:${port}/`, timeoutSeconds: 20 } };
    assert.equal((await fixture.provider.diff(id, process1, outs, slower)).changes, true);
    const same = await fixture.provider.update(id, process1, outs, slower);
    assert.equal(same.outs.pid, outs.pid);
    const louder = { ...slower, environment: { PORT: String(port), SAYS: "hello" } };
    const changed = await fixture.provider.update(id, process1, same.outs, louder);
    assert.notEqual(changed.outs.pid, outs.pid);
    assert.match(readFileSync(changed.outs.logFile, "utf8"), /hello/);
  });

  it("starts the previous process again when an update fails, and says so", async () => {
    const inputs = fixture.withEnvironment(port, { SAYS: "the previous one" });
    const { id, outs } = await fixture.provider.create(process1, inputs);
    const broken = { ...inputs, environment: { PORT: String(port), EXITS: "7" } };
    await assert.rejects(
      fixture.provider.update(id, process1, outs, broken),
      /ended with exit status 7[\s\S]*The previous process was started again with its previous settings\./,
    );
    assert.equal(await answer(), "/x");
    const { props } = await fixture.provider.read(id, process1, outs);
    assert.equal((await fixture.provider.diff(id, process1, props, inputs)).changes, false);
  });

  it("takes over from a process that an interrupted update left", async () => {
    const inputs = fixture.processInputs(port);
    const first = await fixture.provider.create(process1, inputs);
    assert.deepEqual((await fixture.provider.check(process1, {}, inputs)).failures, []);
    const second = await fixture.provider.create(process1, inputs);
    assert.equal(isRunning(first.outs.pid), false);
    assert.equal(isRunning(second.outs.pid), true);
  });

  it("replaces on another name or state folder only", async () => {
    const inputs = fixture.processInputs(port);
    const other = { ...inputs, name: "two", stateFolder: join(fixture.folder, "two"), codeHash: "new" };
    const { changes, replaces } = await fixture.provider.diff("one", process1, inputs, other);
    assert.equal(changes, true);
    assert.deepEqual(replaces?.toSorted(), ["name", "stateFolder"]);
  });

  describe("check", () => {
    const failuresOf = async (inputs: Record<string, unknown>, name = "one") => {
      const { failures = [] } = await fixture.provider.check(urn("Process", name), {}, inputs);
      return failures.map(({ property, reason }) => `${property}: ${reason}`);
    };

    it("refuses a port that is in use, with who holds it and what to set", async () => {
      const server = createServer().listen(port, "127.0.0.1");
      await once(server, "listening");
      try {
        const [failure, ...others] = await failuresOf(fixture.processInputs(port));
        assert.deepEqual(others, []);
        assert.match(
          failure ?? "",
          new RegExp(`^ports\\[0\\]\\.port: 127\\.0\\.0\\.1:${port} \\(http\\) is in use`),
        );
        assert.match(failure ?? "", new RegExp(`\\(pid ${process.pid}\\)`));
        assert.match(failure ?? "", /pulumi config set port \d+ -s test$/);
      } finally {
        server.close();
      }
    });

    it("accepts the port that its own process holds", async () => {
      const inputs = fixture.processInputs(port);
      await fixture.provider.create(process1, inputs);
      assert.deepEqual(await failuresOf(inputs), []);
    });

    it("refuses one port for two processes of a stack, and for two ports of one", async () => {
      assert.deepEqual(await failuresOf(fixture.processInputs(port)), []);
      const two = fixture.processInputs(port, { name: "two", stateFolder: join(fixture.folder, "two") });
      assert.deepEqual(await failuresOf(two, "two"), [
        `ports[0].port: 127.0.0.1:${port} is a port of process one already`,
      ]);
      const twice = [1, 2].map((name) => ({ name: `p${name}`, host: "127.0.0.1", port: port }));
      const failures = await failuresOf(fixture.processInputs(port, { ports: twice }));
      assert.equal(failures[0]?.startsWith("ports[0].port"), true);
    });

    it("reports all problems at once", async () => {
      const failures = await failuresOf({
        name: "Not Good",
        command: ["node"],
        workingDirectory: "relative",
        environment: { "a b": "1", FINE: 2 },
        ports: [{ name: "http", host: "127.0.0.1", port: 70_000 }],
        healthCheck: { url: "ftp://somewhere", timeoutSeconds: -1 },
        limits: { memoryBytes: 10 },
        stateFolder: join(fixture.folder, "one"),
        colour: "blue",
      });
      const places = failures.map((failure) => failure.split(":")[0]).toSorted();
      assert.deepEqual(places, [
        "colour",
        "command[0]",
        "environment.FINE",
        'environment["a b"]',
        "healthCheck.timeoutSeconds",
        "healthCheck.url",
        "limits.memoryBytes",
        "name",
        "ports[0].port",
        "workingDirectory",
      ]);
      assert.match(failures.find((one) => one.startsWith("colour")) ?? "", /known are name, command/);
    });

    it("refuses a program and a folder that are not there", async () => {
      const inputs = fixture.processInputs(port, {
        command: ["/nowhere/program"],
        workingDirectory: "/nowhere",
      });
      assert.deepEqual(await failuresOf(inputs), [
        "command[0]: /nowhere/program is no program here",
        "workingDirectory: /nowhere does not exist",
      ]);
    });

    it("lets pass what a preview does not know yet", async () => {
      const inputs = fixture.processInputs(port, { stateFolder: unknown, environment: { URL: unknown } });
      assert.deepEqual(await failuresOf(inputs), []);
      await assert.rejects(fixture.provider.create(process1, inputs), /not known yet/);
    });
  });
});
