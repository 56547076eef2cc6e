import assert from "node:assert/strict";
import { mkdir, readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { Run } from "../../../runtime/workflows/run.ts";
import { type Replicas, startReplicasAndRestate } from "./replicas.ts";
import { temporaryFolder } from "./temporary-folder.ts";
import { waitForRun } from "./wait-for-run.ts";

describe("several replicas of the engine", function () {
  this.timeout(180_000);
  const folder = temporaryFolder();
  let replicas: Replicas;

  before(async () => {
    replicas = await startReplicasAndRestate({
      count: 2,
      folder: folder.path,
    });
  });
  after(async () => {
    await replicas?.close();
  });

  async function request<Answer>(
    replica: number,
    method: string,
    path: string,
    body?: unknown,
  ): Promise<Answer> {
    const response = await fetch(`${replicas.all[replica]?.url}${path}`, {
      method,
      ...(body !== undefined && {
        headers: { "content-type": "application/json" },
        body: JSON.stringify(body),
      }),
    });
    if (!response.ok) throw new Error(await response.text());
    return (await response.json()) as Answer;
  }

  /** A run of scripts that write which process began them, and end when `go` is there. */
  async function startHeld(name: string, count: number) {
    const marks = join(folder.path, name);
    const go = join(folder.path, `${name}-go`);
    await mkdir(marks);
    const script = `echo $PPID >> ${marks}/\${run.id}-$0; while [ ! -e ${go} ]; do sleep 0.2; done`;
    const task = (n: number) =>
      `  t${n}: {uses: script, with: {command: [sh, -c, ${JSON.stringify(script)}, "${n}"]}}\n`;
    const tasks = Array.from({ length: count }, (_, n) => task(n)).join("");
    const specification = `name: ${name}\nconcurrency: ${count}\ntasks:\n${tasks}`;
    await request(0, "PUT", `/v1/workflows/${name}`, { specification });
    const { id } = await request<Run>(0, "POST", "/v1/runs", { workflow: name });
    const begun = async () => (await readdir(marks)).length;
    const pids = async (run = id) => {
      const names = (await readdir(marks)).filter((name) => name.startsWith(`${run}-`));
      const files = await Promise.all(names.map((name) => readFile(join(marks, name), "utf8")));
      return files.map((text) => text.trim().split("\n").map(Number));
    };
    return { id, begun, pids, go: () => writeFile(go, "") };
  }

  const until = (isSo: () => Promise<boolean>) =>
    waitForRun(
      async () => {
        assert.ok(await isSo());
        return undefined as never;
      },
      () => true,
      60,
    );

  it("share a run's scripts, which all run at once where one connection takes no more", async () => {
    const { id, begun, pids, go } = await startHeld("shared", 40);
    await until(async () => (await begun()) === 40);
    await go();
    const run = await waitForRun(() => request<Run>(1, "GET", `/v1/runs/${id}`));
    assert.equal(run.error, null);
    const by = new Set((await pids()).flat());
    assert.deepEqual([...by].sort(), replicas.all.map(({ pid }) => pid).sort());
  });

  it("move what one of them had to do when it is stopped, and let it end what it had begun", async () => {
    const { id, begun, pids, go } = await startHeld("drained", 40);
    await until(async () => (await begun()) === 40);
    const busy = new Set((await pids()).flat());
    // Restate may have given all of them to one.
    const index = replicas.all.findIndex(({ pid }) => busy.has(pid));
    const other = 1 - index;
    const [leaving, staying] = [replicas.all[index], replicas.all[other]];
    const left = leaving?.pid;
    const stopped = leaving?.stop();
    // It takes nothing more, and its scripts still run.
    await until(async () =>
      fetch(`${leaving?.url}/v1/runs/${id}`).then(
        () => false,
        () => true,
      ),
    );
    await go();
    await stopped;
    const run = await waitForRun(() => request<Run>(other, "GET", `/v1/runs/${id}`));
    assert.equal(run.error, null);
    const attempts = await pids();
    assert.ok(
      attempts.every((by) => by.length === 1),
      "none ran twice",
    );
    assert.ok(attempts.flat().includes(left ?? 0));
    const next = await request<Run>(other, "POST", "/v1/runs", { workflow: "drained" });
    assert.equal(
      (await waitForRun(() => request<Run>(other, "GET", `/v1/runs/${next.id}`))).state,
      "succeeded",
    );
    assert.ok((await pids(next.id)).flat().every((pid) => pid === staying?.pid));
    await leaving?.start();
  });
});
