import assert from "node:assert/strict";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { skyloom } from "./skyloom.ts";

describe("skyloom plan", function () {
  this.timeout(60_000);
  const folder = mkdtempSync(join(tmpdir(), "skyloom-plan-"));
  after(() => rmSync(folder, { recursive: true }));

  const file = (name: string, text: string) => {
    writeFileSync(join(folder, name), text);
    return join(folder, name);
  };
  const example = "examples/planning/customer-service.yaml";

  it("plans a problem file: done at 6 h, proven, with a picture", async () => {
    const picture = join(folder, "plan.svg");
    const { exitCode, stdout } = await skyloom([
      ...["plan", example, "--strategy", "dynamic-programming", "--svg", picture],
    ]);
    assert.equal(exitCode, 0);
    assert.match(stdout, /^customer service: done at 6 h, proven the best there is/);
    assert.match(stdout, /train +2 h +5 h +3 gpu, 8 memory, 200 network +critical/);
    assert.match(readFileSync(picture, "utf8"), /^<svg /);
  });

  it("says which file cannot be written", async () => {
    const { exitCode, stderr } = await skyloom(["plan", example, "--svg", join(folder, "none", "plan.svg")]);
    assert.equal(exitCode, 2);
    assert.match(stderr, /none\/plan\.svg cannot be written: .*no such file or directory/);
  });

  it("refuses what needs more than there is, with the reason", async () => {
    const text = readFileSync(example, "utf8").replace("{ minimum: 3, maximum: 4 }", "4");
    const { exitCode, stdout, stderr } = await skyloom(["plan", file("four.yaml", text)]);
    assert.notEqual(exitCode, 0);
    assert.equal(stdout, "");
    assert.match(stderr, /train needs 4 of gpu, of which there are never more than 3/);
  });

  it("ends with status 1 where no plan can hold all tasks, and names what conflicts", async () => {
    const text = JSON.stringify({
      resources: { gpu: { capacity: 0, windows: [{ from: 0, to: 5, capacity: 1 }] } },
      tasks: { a: { duration: 3, needs: { gpu: 1 } }, b: { duration: 3, needs: { gpu: 1 } } },
    });
    const { exitCode, stderr } = await skyloom(["plan", file("windows.json", text)]);
    assert.deepEqual(
      [exitCode, stderr.trim()],
      [1, "no plan can hold all tasks: a and b need more of gpu than there is: 1 from 0 s to 5 s, 0 outside"],
    );
  });

  it("plans a workflow file against given capacities", async () => {
    const text = `
name: train-models
tasks:
  train:
    uses: script
    with: { command: [node, scripts/train.mjs] }
    duration: 600
    resources: { gpu: 1 }
  tune:
    uses: script
    with: { command: [node, scripts/tune.mjs] }
    duration: 300
    resources: { gpu: 1 }
`;
    const path = file("workflow.yaml", text);
    const { stdout } = await skyloom(["plan", path, "--json", "--capacity", "cpu=4,gpu=1"]);
    assert.equal(JSON.parse(stdout).makespan, 900);
  });

  it("ends with status 1 where there is too little to share", async () => {
    const text = readFileSync("examples/planning/allocation.yaml", "utf8");
    const scarce = file("scarce.yaml", text.replace("capacity: 650", "capacity: 600"));
    const lacking = await skyloom(["plan", "allocation", scarce]);
    assert.equal(lacking.exitCode, 1);
    assert.match(lacking.stderr, /need together 650 of compute, there are 600: 50 missing/);
  });

  it("chooses nodes of the price tables, each price with its day, and refuses what no cloud has", async () => {
    const { stdout } = await skyloom(["plan", "capacity", "examples/planning/capacity.yaml", "--json"]);
    const { best, byCloud } = JSON.parse(stdout);
    assert.deepEqual(Object.keys(byCloud), ["aws", "azure", "gcp"]);
    assert.equal(best.meetsDeadlines, true);
    const gpu = best.pools.find((pool: { group: string }) => pool.group === "gpu");
    // The training wants three GPUs on one node.
    assert.ok(gpu.offer.acceleratorCount >= 3);
    assert.match(gpu.offer.sources[0].retrieved, /^\d{4}-\d\d-\d\d$/);
    for (const each of Object.values(byCloud) as { usdPerDay: number }[])
      assert.ok(best.usdPerDay <= each.usdPerDay);
    const text = readFileSync("examples/planning/capacity.yaml", "utf8")
      .replace("customer-service.yaml", resolve("examples/planning/customer-service.yaml"))
      .replace("28800", "3600");
    const refused = await skyloom(["plan", "capacity", file("capacity.yaml", text)]);
    assert.equal(refused.exitCode, 1);
    assert.match(refused.stderr, /no pools of up to 4 nodes do all runs of a day within 3600 s/);
  });
});
