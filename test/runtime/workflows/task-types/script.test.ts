import assert from "node:assert/strict";
import { join } from "node:path";
import type { Usage } from "../../../../runtime/workflows/run.ts";
import { script } from "../../../../runtime/workflows/task-types/script.ts";
import { temporaryFolder } from "../temporary-folder.ts";
import { problemsOf, runTask, taskContext } from "./run-task.ts";

describe("limits of a script", function () {
  this.timeout(120_000);
  const folder = temporaryFolder();
  const run = (program: string, limits: object, usage: (measured: Usage) => void = () => undefined) =>
    runTask(
      script,
      { command: ["node", "-e", program], limits },
      { ...taskContext(join(folder.path, "bucket")), usage },
    );
  const write = (value: string) =>
    `require("fs").writeFileSync(process.env.SKYLOOM_OUTPUTS, JSON.stringify({ value: ${value} }));`;

  it("end one that uses too much processor time, for good", async () => {
    let used: Usage | undefined;
    await assert.rejects(
      run("for (;;);", { cpuSeconds: 1 }, (measured) => {
        used = measured;
      }),
      {
        code: "script-cpu-limit",
        status: 422,
        message: "node used more than its limit of 1 s of processor time",
      },
    );
    if (process.platform === "linux")
      assert.ok((used?.cpuSeconds ?? 0) > 0 && (used?.peakMemoryBytes ?? 0) > 0);
  });

  it("refuse memory beyond the limit, also to what a shell starts", async function () {
    if (process.platform !== "linux") this.skip();
    const take = (mebibytes: number) =>
      `const taken = Buffer.alloc(${mebibytes} * 2 ** 20, 1); ${write("taken.length")}`;
    assert.deepEqual(await run(take(50), { memory: "400Mi" }), { value: 50 * 2 ** 20 });
    await assert.rejects(run(take(800), { memory: "400Mi" }), { code: "script-failed" });
  });

  it("count open files", async () => {
    const open = `const fs = require("fs"); const open = []; try { while (open.length < 500) open.push(fs.openSync(".", "r")); } catch {} open.forEach(fs.closeSync); ${write("open.length < 200")}`;
    assert.deepEqual(await run(open, { openFiles: 100 }), { value: true });
    assert.deepEqual(await run(open, {}), { value: false });
  });

  it("leave a program that is not there what it is", async () => {
    const missing = runTask(
      script,
      { command: ["no-such-program"], limits: { cpuSeconds: 5 } },
      taskContext(join(folder.path, "bucket")),
    );
    await assert.rejects(missing, { code: "script-not-found", status: 400 });
  });

  it("are amounts", () => {
    assert.deepEqual(
      problemsOf(script, { command: ["x"], limits: { cpuSeconds: 0.5, memory: "much", openFiles: 1 } }).map(
        (problem) => problem.split(":")[0],
      ),
      ["limits.cpuSeconds", "limits.memory", "limits.openFiles"],
    );
  });
});
