import assert from "node:assert/strict";
import { once } from "node:events";
import {
  appendFileSync,
  existsSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { createServer } from "node:net";
import { join } from "node:path";
import { createProcessTable } from "../../components/clouds/local/processes/process-table.ts";
import { createLocalQueue } from "../../runtime/queue/local.ts";
import {
  answers,
  createLocalProject,
  type EngineResult,
  freePortRange,
  type LocalProject,
} from "./local-project.ts";

const table = createProcessTable();
const commandLine = (pid: number) =>
  existsSync(`/proc/${pid}/cmdline`) ? readFileSync(`/proc/${pid}/cmdline`, "utf8") : "";
const isRunning = (pid: number) => table.find(pid) !== undefined;

/** Fails with all that the engine said. */
function assertChanged(result: EngineResult, changed: Record<string, string>): void {
  assert.equal(result.exitCode, 0, result.text);
  assert.deepEqual(result.changed, changed, result.text);
}

/** One story on one stack: each step goes on from the one before, as a user would. */
describe("local stack, through the real engine", function () {
  this.timeout(120_000);
  this.slow(20_000);
  this.bail(true);
  let project: LocalProject;
  let port: number;
  let pids: Record<string, number> = {};

  const stackFile = (stack: string) => join(project.folder, "stacks", `Pulumi.${stack}.yaml`);
  const setPort = (stack: string, first: number) =>
    writeFileSync(
      stackFile(stack),
      readFileSync(stackFile(stack), "utf8").replace(/skyloom:port: .*/, `skyloom:port: "${first}"`),
    );

  before(async () => {
    project = createLocalProject();
    port = await freePortRange();
    setPort("local", port);
  });
  after(async () => {
    for (const stack of ["local", "local2"]) await project.destroy(stack);
    project.remove();
  });

  it("comes up, ready, and leaves the stack file as it was", async () => {
    const before = readFileSync(stackFile("local"), "utf8");
    const { exitCode, text } = await project.pulumi("stack", "init", "local", "--no-select");
    assert.equal(exitCode, 0, text);
    assertChanged(await project.up("local"), {
      bucket: "create",
      queue: "create",
      secrets: "create",
      cluster: "create",
      restate: "create",
      runtime: "create",
      "sample-server": "create",
    });
    assert.equal(readFileSync(stackFile("local"), "utf8"), before);
    const outputs = await project.outputs("local");
    const folder = join(project.stateFolder, "local", "local");
    assert.deepEqual(outputs, {
      endpoint: `http://127.0.0.1:${port}`,
      bucket: `file://${folder}/bucket`,
      queue: `sqlite://${folder}/queue/queue.db`,
      secrets: `file://${folder}/secrets`,
      restateIngress: `http://127.0.0.1:${port + 1}`,
      restateAdmin: `http://127.0.0.1:${port + 2}`,
      sampleServer: `http://127.0.0.1:${port + 5}`,
      logs: `${folder}/processes`,
    });
    assert.equal(statSync(join(folder, "secrets")).mode & 0o777, 0o700);
    assert.equal((await fetch(`${outputs.endpoint}/healthz/ready`)).status, 200);
    assert.equal((await fetch(`${outputs.sampleServer}/healthz`)).status, 200);
    pids = await project.pids("local");
    assert.deepEqual(Object.keys(pids).toSorted(), ["restate", "runtime", "sample-server"]);
    assert.deepEqual(Object.values(pids).map(isRunning), [true, true, true]);
  });

  it("changes nothing the second time", async () => {
    assertChanged(await project.up("local"), {});
    assert.deepEqual(await project.pids("local"), pids);
  });

  it("starts a killed process again, and only that", async () => {
    for (const name of ["runtime", "restate"]) {
      process.kill(pids[name] ?? 0, "SIGKILL");
      assertChanged(await project.up("local"), { [name]: "update" });
      const now = await project.pids("local");
      assert.notEqual(now[name], pids[name]);
      assert.deepEqual({ ...now, [name]: 0 }, { ...pids, [name]: 0 });
      pids = now;
    }
    assertChanged(await project.up("local"), {});
  });

  it("applies a changed setting to what depends on it only", async () => {
    await project.pulumi("config", "set", "maximumDeliveries", "7", "-s", "local");
    assertChanged(await project.up("local"), { queue: "update" });
    await project.pulumi("config", "set", "logLevel", "debug", "-s", "local");
    assertChanged(await project.up("local"), { runtime: "update" });
    appendFileSync(join(project.folder, "runtime", "main.ts"), "// changed\n");
    assertChanged(await project.up("local"), { runtime: "update" });
    pids = await project.pids("local");
  });

  it("goes on after an update that was killed, and leaves no process of it", async () => {
    const main = join(project.folder, "runtime", "main.ts");
    const code = readFileSync(main, "utf8");
    const record = join(project.stateFolder, "local", "local", "processes", "runtime", "process.json");
    // Never ready, so that the kill comes in the middle of the start.
    writeFileSync(main, "setInterval(() => {}, 60_000);\n");
    process.kill(pids.runtime ?? 0, "SIGKILL");
    rmSync(record);
    await project.killDuringUp("local", record);
    const { pid: interrupted } = JSON.parse(readFileSync(record, "utf8"));
    assert.equal(isRunning(interrupted), true);

    writeFileSync(main, code);
    assertChanged(await project.up("local"), { runtime: "update" });
    assert.equal(isRunning(interrupted), false);
    pids = await project.pids("local");
    const isProvider = ({ pid }: { pid: number }) =>
      commandLine(pid).includes(`${project.folder}/components`);
    assert.deepEqual(table.list().filter(isProvider), []);
  });

  it("refuses ports that others hold and leaves the stack as it was", async () => {
    const other = await freePortRange();
    const server = createServer().listen(other + 3, "127.0.0.1");
    await once(server, "listening");
    try {
      setPort("local", other);
      const { exitCode, text, changed } = await project.up("local");
      assert.notEqual(exitCode, 0);
      assert.deepEqual(changed, {});
      assert.match(text, new RegExp(`127\\.0\\.0\\.1:${other + 3} \\(restate node\\) is in use by`));
      assert.match(text, new RegExp(`\\(pid ${process.pid}\\)`));
      assert.match(text, new RegExp(`pulumi config set port ${other + 10} -s local`));
    } finally {
      server.close();
      setPort("local", port);
    }
    assertChanged(await project.up("local"), {});
    assert.deepEqual(await project.pids("local"), pids);
  });

  it("refuses a wrong configuration with all its problems and leaves the stack as it was", async () => {
    const right = readFileSync(stackFile("local"), "utf8");
    writeFileSync(
      stackFile("local"),
      right.replace(/^config:\n/m, "config:\n  skyloom:logLevl: info\n  skyloom:inferenceWorkers: many\n"),
    );
    try {
      const { exitCode, text, changed } = await project.up("local");
      assert.notEqual(exitCode, 0);
      assert.deepEqual(changed, {});
      assert.match(text, /wrong configuration in stacks\/Pulumi\.local\.yaml/);
      assert.match(text, /skyloom:logLevl: is no setting; did you mean skyloom:logLevel\?/);
      assert.match(text, /skyloom:inferenceWorkers: must be .*from 1 to 64, not "many"/);
    } finally {
      writeFileSync(stackFile("local"), right);
    }
    assert.deepEqual(Object.values(pids).map(isRunning), [true, true, true]);
  });

  it("runs beside a second stack", async () => {
    setPort("local2", await freePortRange());
    await project.pulumi("stack", "init", "local2", "--no-select");
    const up = await project.up("local2");
    assert.equal(up.exitCode, 0, up.text);
    const others = await project.pids("local2");
    assertChanged(await project.destroy("local2"), {
      bucket: "delete",
      queue: "delete",
      secrets: "delete",
      cluster: "delete",
      restate: "delete",
      runtime: "delete",
      "sample-server": "delete",
    });
    assert.deepEqual(Object.values(others).map(isRunning), [false, false, false]);
    assert.deepEqual(Object.values(pids).map(isRunning), [true, true, true]);
  });

  it("ends with no process and no port, and keeps its data", async () => {
    const { queue, bucket, secrets } = await project.outputs("local");
    const secret = join(new URL(secrets ?? "").pathname, "api-key");
    writeFileSync(secret, "a secret of the test's own");
    const file = new URL(queue?.replace("sqlite:", "file:") ?? "").pathname;
    const messages = createLocalQueue({ file });
    await messages.send("not json", { delaySeconds: 600 });
    await messages.close();
    const destroyed = await project.destroy("local");
    assert.equal(destroyed.exitCode, 0, destroyed.text);
    assert.deepEqual(Object.values(pids).map(isRunning), [false, false, false]);
    const listening = await Promise.all([0, 1, 2, 3, 4, 5].map((offset) => answers(port + offset)));
    assert.deepEqual(listening, [false, false, false, false, false, false]);
    const kept = createLocalQueue({ file });
    const counts = Object.values(await kept.depth());
    await kept.close();
    assert.equal(
      counts.reduce<number>((sum, count) => sum + Number(count), 0),
      1,
    );
    assert.equal(existsSync(new URL(bucket ?? "").pathname), true);
    assert.equal(readFileSync(secret, "utf8"), "a secret of the test's own");
    assert.ok(readdirSync(join(project.stateFolder, "local", "local", "restate")).length > 0);
  });
});
