import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { projectFolder } from "../../scripts/project.mjs";
import { skyloom } from "./skyloom.ts";

describe("command line", () => {
  let folder: string;
  before(async () => {
    folder = await mkdtemp(join(tmpdir(), "skyloom-cli-"));
  });
  after(() => rm(folder, { recursive: true }));

  it("lists every command and exits with 0", async () => {
    const { exitCode, stdout } = await skyloom(["--help"]);
    assert.equal(exitCode, 0);
    for (const command of [
      "up",
      "down",
      "destroy",
      "status",
      "demo",
      "runs",
      "workflows",
      "models",
      "check",
      "env",
      "doctor",
    ])
      assert.match(stdout, new RegExp(`^  ${command}\\b`, "m"));
  });

  it("answers an unknown command, option or value with what is allowed and exits with 2", async () => {
    const command = await skyloom(["upp"]);
    assert.equal(command.exitCode, 2);
    assert.match(command.stderr, /unknown command 'upp'[\s\S]*Did you mean up\?/);
    const option = await skyloom(["up", "--stak", "local"]);
    assert.equal(option.exitCode, 2);
    assert.match(option.stderr, /unknown option '--stak'[\s\S]*--stack/);
    const value = await skyloom(["demo", "--pace", "quick"]);
    assert.equal(value.exitCode, 2);
    assert.match(value.stderr, /seconds from 0 to 60/);
  });

  it("ends without a word when nobody reads its output any more", async () => {
    const file = join(projectFolder, "examples/automatic-operations/workflow.yaml");
    const child = spawn(
      process.execPath,
      [join(projectFolder, "cli/main.ts"), "workflows", "validate", file],
      {
        env: { ...process.env, NODE_NO_WARNINGS: "1" },
        stdio: ["ignore", "pipe", "pipe"],
      },
    );
    child.stdout.destroy();
    let errors = "";
    child.stderr.on("data", (chunk) => {
      errors += chunk;
    });
    const [code] = await once(child, "close");
    assert.deepEqual([code, errors], [0, ""]);
  });

  it("refuses a stack without configuration before anything is done, naming those there are", async () => {
    const { exitCode, stderr } = await skyloom(["up", "-s", "nowhere"], { SKYLOOM_STATE_FOLDER: folder });
    assert.equal(exitCode, 2);
    assert.match(stderr, /stacks\/Pulumi\.nowhere\.yaml does not exist/);
    assert.match(stderr, /local, local2/);
    const odd = await skyloom(["up", "-s", "../local"], { SKYLOOM_STATE_FOLDER: folder });
    assert.equal(odd.exitCode, 2);
  });

  it("says how to bring up a stack that is down", async () => {
    const { exitCode, stderr } = await skyloom(["demo"], { SKYLOOM_STATE_FOLDER: folder });
    assert.equal(exitCode, 2);
    assert.match(stderr, /stack local is not up: npm run up/);
    const status = await skyloom(["status", "--json"], { SKYLOOM_STATE_FOLDER: folder });
    assert.equal(status.exitCode, 1);
    assert.equal(JSON.parse(status.stdout).healthy, false);
  });

  it("asks for --yes where nobody can be asked whether data may go", async () => {
    const { exitCode, stderr } = await skyloom(["destroy"], { SKYLOOM_STATE_FOLDER: folder });
    assert.equal(exitCode, 2);
    assert.match(stderr, /--yes/);
  });

  it("validates workflow files: 0 when valid, 1 with every problem when not, 2 when unreadable", async () => {
    const valid = join(folder, "valid.yaml");
    const invalid = join(folder, "invalid.yaml");
    await writeFile(
      valid,
      "name: greet\ntasks:\n  hello:\n    uses: notify\n    with: {level: info, message: hello}\n",
    );
    await writeFile(
      invalid,
      "name: loop\ntasks:\n  a: {uses: notfy, needs: [b]}\n  b: {uses: decide, needs: [a]}\n",
    );
    assert.equal((await skyloom(["workflows", "validate", valid])).exitCode, 0);
    const checked = await skyloom(["workflows", "validate", valid, invalid, "--json"]);
    assert.equal(checked.exitCode, 1);
    const [first, second] = JSON.parse(checked.stdout).files;
    assert.equal(first.valid, true);
    const messages = second.problems.map((problem: { message: string }) => problem.message).join("\n");
    assert.match(messages, /line 3, column \d+: unknown task type "notfy", did you mean "notify"/);
    assert.match(messages, /a -> b -> a|b -> a -> b/);
    const told = await skyloom(["workflows", "validate", invalid]);
    assert.match(told.stdout, /invalid\.yaml:3:13: tasks\.a\.uses: unknown task type "notfy"/);
    assert.equal((await skyloom(["workflows", "validate", join(folder, "absent.yaml")])).exitCode, 2);
    const drawn = await skyloom(["workflows", "mermaid", valid]);
    assert.match(drawn.stdout, /^flowchart TD\n.*hello<br\/>notify/);
  });

  it("composes a workflow of a catalogue: 1 where an artifact is missing", async () => {
    const catalogue = join(folder, "catalogue.yaml");
    await writeFile(catalogue, "tasks:\n  a: {uses: decide, produces: {x: t}, with: {outputs: {x: 1}}}\n");
    const composed = await skyloom(["workflows", "compose", catalogue, "--goal", "x", "--name", "mine"]);
    assert.match(composed.stdout, /^name: mine\n/);
    const missing = await skyloom(["workflows", "compose", catalogue, "--goal", "y"]);
    assert.equal(missing.exitCode, 1);
    assert.match(missing.stderr, /y: wanted by goal: nothing produces it/);
  });
});
