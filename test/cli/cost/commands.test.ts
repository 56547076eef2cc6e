import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { projectFolder } from "../../../scripts/project.mjs";
import { skyloom } from "../skyloom.ts";

const usage = ["--usage", "stacks/usage.example.yaml"];

describe("skyloom cost and compare", function () {
  this.timeout(60_000);

  it("prints one document with every item, its source and the sums", async () => {
    const { exitCode, stdout, stderr } = await skyloom(["cost", "dev-gcp", "--json", ...usage]);
    assert.equal(exitCode, 0, stderr);
    const { stack, cloud, items, total, unknown } = JSON.parse(stdout);
    assert.deepEqual([stack, cloud], ["dev-gcp", "gcp"]);
    assert.ok(items.length > 10 && total.expected > 100);
    assert.deepEqual(
      unknown.map(({ what }: { what: string }) => what),
      ["logs kept"],
    );
    assert.match(stderr, /sum of what is known/);
  });

  it("shows the difference against a revision of git", async function () {
    const { status } = spawnSync("git", ["rev-parse", "--verify", "HEAD"], { cwd: projectFolder });
    if (status !== 0) this.skip();
    const { exitCode, stdout, stderr } = await skyloom([
      "cost",
      "-s",
      "dev-aws",
      "--against",
      "HEAD",
      "--json",
    ]);
    assert.equal(exitCode, 0, stderr);
    const { against } = JSON.parse(stdout);
    assert.equal(against.revision, "HEAD");
    assert.match(against.commit, /^[0-9a-f]{40}$/);
    assert.equal(typeof against.change.expected, "number");
    assert.match(stderr, /Against HEAD/);
  });

  it("puts the clouds side by side with the machines that each chose", async () => {
    const { exitCode, stdout, stderr } = await skyloom(["compare", "prod-aws", ...usage]);
    assert.equal(exitCode, 0, stderr);
    assert.match(stdout, /aws us-east-1 +azure eastus +gcp us-east4/);
    assert.match(
      stdout,
      /machines of general +m6i\.xlarge, on-demand +Standard_D4as_v5, on-demand +e2-standard-4/,
    );
    assert.match(
      stdout,
      /machines of l4 +g6\.xlarge, on-demand +lacks the accelerator +g2-standard-4 with 1 × l4/,
    );
    assert.match(stdout, /^SUM OF WHAT IS KNOWN .* \+ unknown, without l4 /m);
    assert.match(stdout, /azure lacks pool l4, which its sum leaves out: .*nearest accelerators/);
  });

  it("estimates nothing for a stack that no cloud bills, and does not compare it", async () => {
    const local = await skyloom(["cost", "local", "--json"]);
    assert.equal(local.exitCode, 0);
    assert.deepEqual(JSON.parse(local.stdout).items, []);
    const compared = await skyloom(["compare", "local"]);
    assert.equal(compared.exitCode, 2);
    assert.match(compared.stderr, /no cloud that bills/);
  });

  it("refuses bad input with what is wrong and where, and prints no part of an answer", async () => {
    const folder = mkdtempSync(join(tmpdir(), "usage-"));
    const file = join(folder, "usage.yaml");
    writeFileSync(file, "default:\n  stordGb: 1\n");
    for (const [args, message] of [
      [["cost", "nowhere"], /stacks\/Pulumi\.nowhere\.yaml does not exist/],
      [["cost", "prod-aws", "--usage", file], /usage\.yaml:2: default\.stordGb/],
      [["cost", "prod-aws", "--usage", "/nowhere.yaml"], /\/nowhere\.yaml: cannot be read/],
      [["compare", "prod-aws", "--region", "mars=x"], /must be CLOUD=REGION/],
    ] as const) {
      const { exitCode, stdout, stderr } = await skyloom([...args, "--json"]);
      assert.equal(exitCode, 2, args.join(" "));
      assert.match(stderr, message);
      assert.equal(stdout, "");
    }
    rmSync(folder, { recursive: true });
  });
});
