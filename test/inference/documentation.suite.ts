import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { readFileSync } from "node:fs";
import { promisify } from "node:util";
import { type InferenceServer, startInferenceServer } from "./start-inference-server.ts";

const page = readFileSync(new URL("../../docs/inference.md", import.meta.url), "utf8");

/** Commands with what they print: JSON, or text where spaces do not count. */
const examples = [...page.matchAll(/```bash\n(.+?)```\n```(json|text)\n(.+?)```/gs)].map(
  ([, command = "", form = "", expected = ""]) => ({ command, form, expected }),
);

describe("docs/inference.md", () => {
  let server: InferenceServer;
  before(async () => {
    server = await startInferenceServer("automatic");
  });
  after(() => server.stop());

  it("shows the result of each of its examples", () => {
    assert.equal(examples.length, page.match(/```bash/g)?.length);
    assert.ok(examples.length > 5);
  });

  examples.forEach(({ command, form, expected }, index) => {
    it(`example ${index + 1} prints what the page shows: ${command.split("\n")[0]}`, async () => {
      const here = command.replaceAll("127.0.0.1:8080", `127.0.0.1:${server.port}`);
      const { stdout } = await promisify(execFile)("bash", ["-c", here], { timeout: 30_000 });
      if (form === "json") assert.deepEqual(JSON.parse(stdout), JSON.parse(expected));
      else assert.deepEqual(stdout.trim().split(/\s+/), expected.trim().split(/\s+/));
    });
  });
});
