import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { type InferenceServer, startInferenceServer } from "./start-inference-server.ts";

const program = fileURLToPath(new URL("./tritonclient_calls.py", import.meta.url));
const names = [...readFileSync(program, "utf8").matchAll(/^ {4}def (test_\w+)/gm)].map(
  (match) => match[1] ?? "",
);

/** By the test's name: empty where it passed, else the trace. */
type Results = Record<string, string>;

describe("tritonclient", () => {
  const servers: InferenceServer[] = [];
  let results: Results = {};

  before(async () => {
    const python = process.env.SKYLOOM_TEST_TRITONCLIENT;
    assert.ok(python, "SKYLOOM_TEST_TRITONCLIENT is not set: run npm run test:inference");
    const token = "a-token-of-the-suite";
    servers.push(await startInferenceServer("automatic"), await startInferenceServer("explicit", token));
    const [automatic, explicit] = servers.map(({ port }) => `127.0.0.1:${port}`);
    results = await runPython(python, [automatic ?? "", explicit ?? "", token]);
  });
  after(() => Promise.all(servers.map((server) => server.stop())));

  /** The program's own output is for people; its last line is the results as JSON. */
  function runPython(python: string, args: string[]): Promise<Results> {
    return new Promise((resolve, reject) => {
      execFile(python, [program, ...args], { timeout: 120_000 }, (error, stdout, stderr) => {
        const last = stdout.trim().split("\n").at(-1) ?? "";
        if (last.startsWith("{")) resolve(JSON.parse(last));
        else reject(new Error(`the Python program failed: ${error?.message}\n${stdout}\n${stderr}`));
      });
    });
  }

  for (const name of names)
    it(name.slice("test_".length).replaceAll("_", " "), () => {
      assert.equal(results[name], "", results[name] ?? "it did not run");
    });

  it("left both servers running", () => {
    assert.deepEqual(
      servers.map((server) => server.ending()),
      [undefined, undefined],
    );
  });
});
