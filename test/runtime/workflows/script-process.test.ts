import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { mkdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { inspect } from "node:util";
import { BoundedText } from "../../../runtime/workflows/bounded-text.ts";
import { runScript, type ScriptOptions } from "../../../runtime/workflows/script-process.ts";
import { temporaryFolder } from "./temporary-folder.ts";

const root = temporaryFolder();
let count = 0;

async function run(command: string[], options: Partial<ScriptOptions> = {}) {
  const folder = join(root.path, `script-${count++}`);
  await mkdir(folder);
  const signal = new AbortController().signal;
  const output: Buffer[] = [];
  const result = await runScript({
    command,
    environment: {},
    inputs: {},
    files: {},
    key: "r/t",
    folder,
    signal,
    onOutput: (part) => output.push(part),
    ...options,
  });
  return { ...result, log: Buffer.concat(output).toString() };
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
    // Longer than the test may take.
    const { log, error } = await run(["sh", "-c", "sleep 600 & echo done"]);
    assert.deepEqual([log, error], ["done\n", undefined]);
  });

  describe("with secrets", () => {
    const key = '-----BEGIN KEY-----\nMIIEvQIBADANBg "quoted"\n-----END KEY-----';
    const secrets = { API_KEY: "hunter2-hunter2", PRIVATE_KEY: key };
    const parts = [...Object.values(secrets), ...key.split("\n"), "MIIEvQ"];

    function assertMasked(...texts: unknown[]) {
      for (const text of texts)
        for (const part of parts)
          assert(!inspect(text, { depth: null, showHidden: true }).includes(part), inspect(text));
    }

    it("hands them to the script alone", async () => {
      const { outputs, error } = await run(
        [
          "node",
          "-e",
          "const c = require('crypto'); require('fs').writeFileSync(process.env.SKYLOOM_OUTPUTS, JSON.stringify({api: c.createHash('sha256').update(process.env.API_KEY).digest('hex'), key: c.createHash('sha256').update(process.env.PRIVATE_KEY).digest('hex')}))",
        ],
        { secrets },
      );
      const hash = (text: string) => createHash("sha256").update(text).digest("hex");
      assert.deepEqual([error, outputs], [undefined, { api: hash(secrets.API_KEY), key: hash(key) }]);
      const { log } = await run(["env"]);
      assert(!/API_KEY|PRIVATE_KEY/.test(log));
    });

    it("masks them in both outputs of a script, however it cuts them", async () => {
      const { log, error } = await run(
        [
          "node",
          "-e",
          `const wait = () => new Promise((resolve) => setTimeout(resolve, 15));
(async () => {
  const key = process.env.API_KEY;
  process.stdout.write("a " + key + " b " + key.slice(0, 5)); await wait();
  process.stdout.write(key.slice(5, 9)); await wait();
  process.stdout.write(key.slice(9) + " c\\n"); await wait();
  process.stderr.write("d " + process.env.PRIVATE_KEY + "\\n"); await wait();
  for (const line of process.env.PRIVATE_KEY.split("\\n")) { process.stderr.write("> " + line + "\\n"); await wait(); }
  console.log(JSON.stringify(process.env.PRIVATE_KEY)); await wait();
  process.stdout.write("ends with the beginning: " + key.slice(0, 4));
})();`.replaceAll("\\\\", "\\"),
        ],
        { secrets },
      );
      assert.equal(error, undefined);
      assert.equal(log, 'a *** b *** c\nd ***\n> ***\n> ***\n> ***\n"***"\nends with the beginning: hunt');
    });

    it("masks them in what a script prints before it is killed, or in large amounts", async () => {
      const controller = new AbortController();
      const mark = join(root.path, "begun");
      const running = run(["sh", "-c", `echo "begun $API_KEY"; touch ${mark}; sleep 60`], {
        secrets,
        signal: controller.signal,
      });
      await eventually(() => readFile(mark));
      controller.abort(new Error("stop it"));
      assert.equal((await running).log, "begun ***\n");
      const { log } = await run(
        ["sh", "-c", 'i=0; while [ $i -lt 9000 ]; do echo "line $i $API_KEY"; i=$((i + 1)); done'],
        { secrets },
      );
      assertMasked(log);
      assert.match(log, /line 8999 \*\*\*\n$/);
    });

    it("masks them in outputs", async () => {
      const { outputs } = await run(
        [
          "node",
          "-e",
          "const e = process.env; require('fs').writeFileSync(e.SKYLOOM_OUTPUTS, JSON.stringify({list: [e.API_KEY, 'x' + e.PRIVATE_KEY + 'y'], [e.API_KEY]: 1, ok: true}))",
        ],
        { secrets },
      );
      assert.deepEqual(outputs, { list: ["***", "x***y"], "***": 1, ok: true });
    });

    it("masks them in errors, and tells nothing of outputs that are no JSON", async () => {
      const failed = await run(["sh", "-c", 'echo "no entry for $API_KEY" >&2; exit 3'], { secrets });
      assert.equal(failed.error?.message, "sh ended with status 3: no entry for ***");
      const broken = await run(
        ["sh", "-c", 'printf %s "{\\"key\\": $PRIVATE_KEY" > "$SKYLOOM_OUTPUTS"'.replaceAll("\\\\", "\\")],
        { secrets },
      );
      assert.equal((broken.error as { code?: string } | undefined)?.code, "invalid-outputs");
      assertMasked(failed, broken);
      const absent = await run([`/nowhere/${secrets.API_KEY}`], { secrets });
      assert.match(absent.error?.message ?? "", /cannot be started: .*\/nowhere\/\*\*\*/);
      assertMasked(absent);
    });
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
