import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { BoundedText } from "../../../runtime/workflows/bounded-text.ts";
import { runScript, type ScriptOptions } from "../../../runtime/workflows/script-process.ts";
import { temporaryFolder } from "./temporary-folder.ts";

const root = temporaryFolder();
let count = 0;

async function run(command: string[], options: Partial<ScriptOptions> = {}) {
  const folder = join(root.path, `script-${count++}`);
  await mkdir(folder);
  const signal = new AbortController().signal;
  return await runScript({
    command,
    environment: {},
    inputs: {},
    files: {},
    key: "r/t",
    folder,
    signal,
    ...options,
  });
}

describe("script process", () => {
  it("passes inputs, files and the task key, and takes outputs", async () => {
    const result = await run(["node", "lib/double.mjs"], {
      inputs: { n: 21 },
      files: {
        "lib/double.mjs": `import { readFileSync, writeFileSync } from "node:fs";
const { n } = JSON.parse(readFileSync(process.env.SKYLOOM_INPUTS, "utf8"));
console.log("doubling", process.version);
writeFileSync(process.env.SKYLOOM_OUTPUTS, JSON.stringify({ n: 2 * n, key: process.env.SKYLOOM_TASK_KEY }));`,
      },
    });
    assert.deepEqual([result.error, result.outputs], [undefined, { n: 42, key: "r/t" }]);
    assert.equal(result.log, `doubling ${process.version}\n`, "node is the Node that runs this");
  });

  it("keeps the runtime's environment from scripts", async () => {
    process.env.SKYLOOM_TOKEN = "secret-secret-secret";
    try {
      const { log } = await run(["env"], { environment: { COLOUR: "red", PATH: "/nowhere" } });
      const names = log
        .trim()
        .split("\n")
        .map((line) => line.split("=")[0] ?? "");
      assert.deepEqual(names.filter((name) => !["PWD", "SHLVL", "_"].includes(name)).sort(), [
        "COLOUR",
        "HOME",
        "LANG",
        "PATH",
        "SKYLOOM_INPUTS",
        "SKYLOOM_OUTPUTS",
        "SKYLOOM_TASK_KEY",
        "TMPDIR",
      ]);
    } finally {
      delete process.env.SKYLOOM_TOKEN;
    }
  });

  for (const [what, script, code, message] of [
    [
      "a status other than 0",
      "echo one >&2; echo two >&2; exit 3",
      "script-failed",
      /^sh ended with status 3: one\ntwo$/,
    ],
    ["outputs that are no JSON", 'echo "{" > "$SKYLOOM_OUTPUTS"', "invalid-outputs", /no JSON/],
    [
      "outputs that are no object",
      'echo "[1]" > "$SKYLOOM_OUTPUTS"',
      "invalid-outputs",
      /must be a JSON object/,
    ],
    [
      "outputs too large",
      'head -c 300000 /dev/zero > "$SKYLOOM_OUTPUTS"',
      "invalid-outputs",
      /300000 bytes, at most 262144/,
    ],
  ] as const)
    it(`reports ${what}`, async () => {
      const { error } = await run(["sh", "-c", script]);
      assert.equal((error as { code?: string } | undefined)?.code, code);
      assert.match(error?.message ?? "", message);
    });

  it("reports a program that is not there", async () => {
    const { error } = await run(["no-such-program"]);
    assert.equal((error as { code?: string } | undefined)?.code, "script-not-found");
  });

  it("kills the whole process group when aborted", async () => {
    const controller = new AbortController();
    const pids = join(root.path, "pids");
    const running = run(["sh", "-c", `sleep 60 & echo $! $$ > ${pids}; wait`], { signal: controller.signal });
    const [child, parent] = await eventually(async () =>
      (await readFile(pids, "utf8")).trim().split(" ").map(Number),
    );
    controller.abort(new Error("stop it"));
    assert.equal((await running).error?.message, "stop it");
    for (const pid of [child, parent])
      await eventually(async () => assert(!isAlive(pid), `process ${pid} still runs`));
  });

  it("ends what a script leaves behind in its group", async () => {
    const started = Date.now();
    const { log, error } = await run(["sh", "-c", "sleep 60 & echo done"]);
    assert.deepEqual([log, error], ["done\n", undefined]);
    assert(Date.now() - started < 10_000);
  });

  it("refuses files outside its folder", async () => {
    await assert.rejects(run(["true"], { files: { "../evil": "x" } }), /must not hold/);
  });
});

describe("bounded text", () => {
  it("keeps the last bytes and says how many are gone", () => {
    const text = new BoundedText(5);
    for (const part of ["abc", "def", "gh"]) text.append(Buffer.from(part));
    assert.equal(text.toString(), "(3 bytes before this were dropped)\ndefgh");
  });
  it("is whole below its limit", () => {
    const text = new BoundedText(5);
    text.append(Buffer.from("abcde"));
    assert.equal(text.toString(), "abcde");
  });
});

/** A process that ended and that nobody has waited for yet (Z) does not count. */
function isAlive(pid: number | undefined): boolean {
  const state = spawnSync("ps", ["-o", "stat=", "-p", String(pid)], { encoding: "utf8" }).stdout.trim();
  return state !== "" && !state.startsWith("Z");
}

/** Polls a process of the system, whose end nothing else tells. */
async function eventually<Value>(check: () => Promise<Value>): Promise<Value> {
  for (const deadline = Date.now() + 5000; ; await delay(10))
    try {
      return await check();
    } catch (error) {
      if (Date.now() > deadline) throw error;
    }
}
