import assert from "node:assert/strict";
import { join } from "node:path";
import type { Usage } from "../../../../runtime/workflows/run.ts";
import { script } from "../../../../runtime/workflows/task-types/script.ts";
import { temporaryFolder } from "../temporary-folder.ts";
import { problemsOf, runTask, taskContext } from "./run-task.ts";

describe("limits of a script", function () {
  this.timeout(120_000);
  const folder = temporaryFolder();
  const runCommand = (
    command: string[],
    limits: object,
    usage: (measured: Usage) => void = () => undefined,
  ) => runTask(script, { command, limits }, { ...taskContext(join(folder.path, "bucket")), usage });
  const run = (program: string, limits: object, usage?: (measured: Usage) => void) =>
    runCommand(["node", "-e", program], limits, usage);
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
    const memory = "400Mi";
    const inShell = (program: string) => runCommand(["sh", "-c", program], { memory });
    const quoted = (mebibytes: number) => `'${take(mebibytes)}'`;
    for (const taken of [run(take(50), { memory }), inShell(`node -e ${quoted(50)}; :`)])
      assert.deepEqual(await taken, { value: 50 * 2 ** 20 });
    await assert.rejects(run(take(800), { memory }), { code: "script-failed" });
    await assert.rejects(inShell(`node -e ${quoted(800)}`), { code: "script-failed" });
    // One line of so many bytes, which tail keeps.
    await assert.rejects(inShell("head -c 500M /dev/zero | tail -n 1 >/dev/null"), { code: "script-failed" });
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
