import assert from "node:assert/strict";
import type { InventoryItem } from "../../simulator/cloud-editor.ts";
import { type DayTwoCloud, dayTwoClouds, type PoolChange } from "./day-two-clouds.ts";
import { OfflineProject, type Step } from "./offline-project.ts";

const pool = (name: string, settings: object = {}) => ({ name, accelerator: "t4", maximum: 2, ...settings });
const initialPools = ["accelerator", "count", "machine", "renamed"].map((name) => pool(name));

/** What the documentation says of a pool's change, as the engine's steps for it; a replaced one comes before it goes. */
function operationsOf(change: PoolChange): string[] {
  return change === "in place" ? ["update"] : ["create-replacement", "replace", "delete-replaced"];
}

function operations(steps: Step[], type: string, name: string): string[] {
  return steps.filter((step) => step.type === type && step.name === name).map(({ op }) => op);
}

function describeDayTwo(subject: DayTwoCloud): void {
  const { stack, cluster, data } = subject;
  const project = new OfflineProject();
  let created = 0;
  after(() => project.remove());
  const held = (type: string, name: string): InventoryItem => {
    const found = project.held(stack).find((each) => each.type === type && each.urn?.endsWith(`::${name}`));
    assert.ok(found, `${type} ${name}`);
    return found;
  };
  const up = async (): Promise<Record<string, number>> => {
    const { exitCode, text, stdout } = await project.skyloom("up", stack);
    assert.equal(exitCode, 0, text);
    return JSON.parse(stdout).changes;
  };
  /** A transform that gives one resource another name. */
  const rename = (type: string, name: string, property: string) =>
    project.rewrite("stacks/transform.ts", (text) =>
      text.replace(
        "= undefined;",
        `= ({ type, name, props, opts }) =>
          type === "${type}" && name === "${name}" ? { props: { ...props, ${property}: "another4711" }, opts } : undefined;`,
      ),
    );

  it("comes up with several GPU pools", async () => {
    // More, and others, than the policy pack allows in development.
    project.configure(stack, "policies", () => ({
      maximumGpuNodes: 20,
      allowedAccelerators: ["t4", subject.accelerator],
    }));
    project.configure(stack, "gpuPools", () => initialPools);
    const changes = await up();
    created = changes.create ?? 0;
    assert.deepEqual(changes, { create: created });
    project.fill(stack);
  });

  it("takes no upgrade that the cloud did by itself for drift, and puts right what somebody changed or deleted", async () => {
    const editor = project.editor(stack);
    const { id: clusterId } = held(cluster, "cluster");
    for (const [path, value] of Object.entries(subject.upgraded.cluster))
      editor.setOutput(cluster, clusterId, path, value);
    for (const { type, id } of project.held(stack))
      if (type === subject.pool)
        for (const [path, value] of Object.entries(subject.upgraded.pool))
          editor.setOutput(type, id, path, value);
    const bucket = held(data.type, data.name);
    editor.set(data.type, bucket.id, `${data.tags}.owner`, "somebody");
    const general = held(subject.pool, "pool-general");
    editor.set(subject.pool, general.id, subject.maximum, 99);
    const budget = project.held(stack).find(({ urn }) => urn?.endsWith("::budget"));
    assert.ok(budget);
    editor.remove(budget.type, budget.id);

    const refreshed = await project.pulumi(stack, "refresh", "--yes", "--skip-preview");
    assert.equal(refreshed.exitCode, 0, refreshed.text);
    assert.deepEqual(await up(), { create: 1, update: 2, same: created - 3 });
    assert.equal(held(data.type, data.name).tags.owner, "platform-team");
    assert.equal(held(data.type, data.name).createdAt, bucket.createdAt);
    assert.ok(project.held(stack).some(({ urn, type }) => type === budget.type && urn?.endsWith("::budget")));
  });

  it("changes GPUs as its documentation says, and touches nothing but the pools", async () => {
    project.configure(stack, "gpuPools", () => [
      pool("accelerator", { accelerator: subject.accelerator }),
      pool("count", { count: 4 }),
      pool("machine", { machineType: subject.machineType }),
      pool("other"),
    ]);
    const steps = await project.previewSteps(stack);
    project.configure(stack, "gpuPools", () => initialPools);
    const { accelerator, count, machineType } = subject.changes;
    const of = (name: string) => operations(steps, subject.pool, `pool-${name}`);
    assert.deepEqual(of("accelerator"), operationsOf(accelerator));
    assert.deepEqual(of("count"), operationsOf(count));
    assert.deepEqual(of("machine"), operationsOf(machineType));
    assert.deepEqual([of("other"), of("renamed"), of("general")], [["create"], ["delete"], []]);
    const at = (op: string, name: string) =>
      steps.findIndex((step) => step.op === op && step.name === name && step.type === subject.pool);
    assert.ok(at("create", "pool-other") < at("delete", "pool-renamed"), "the new pool comes first");
    const others = steps.filter(({ type }) => type !== subject.pool);
    const allowed = ({ op, type, name }: Step) =>
      (op === "create" && name.includes("-other")) ||
      (op === "delete" && name.includes("-renamed")) ||
      (op === "update" && (name.startsWith("pool-") || type.startsWith("kubernetes:")));
    assert.deepEqual(
      others.filter((step) => !allowed(step)),
      [],
      "pools, and what works on them",
    );
  });

  const { versionFile } = subject;
  if (versionFile !== undefined)
    it("goes up a version of Kubernetes in place", async () => {
      const back = project.rewrite(versionFile, (text) =>
        text.replace(/= "1\.(\d+)"/, (_, minor) => `= "1.${Number(minor) + 1}"`),
      );
      const steps = await project.previewSteps(stack);
      back();
      const pools = ["general", ...initialPools.map(({ name }) => name)].map((name) => `pool-${name}`);
      assert.deepEqual(
        steps
          .filter(({ type }) => [cluster, subject.pool].includes(type))
          .map(({ name }) => name)
          .sort(),
        ["cluster", ...pools].sort(),
      );
      assert.deepEqual(new Set(steps.map(({ op }) => op)), new Set(["update"]));
      // EKS and AKS refuse nodes that are newer than their control plane.
      assert.equal(steps.find(({ type }) => type === cluster || type === subject.pool)?.name, "cluster");
    });

  it("refuses another name for the cluster, which would replace it", async () => {
    const back = rename(cluster, "cluster", subject.clusterName);
    await assert.rejects(project.previewSteps(stack), (error: Error) => {
      assert.match(error.message, /unable to replace resource "urn:.*::cluster"[\s\S]*protect/);
      assert.match(error.message, /remove the `protect` flag/);
      return true;
    });
    back();
  });

  it("refuses another name for its bucket, leaves the data alone, and goes on under the old name", async () => {
    const before = project.held(stack);
    const back = rename(data.type, data.name, data.property);
    const { exitCode, text } = await project.skyloom("up", stack);
    back();
    assert.notEqual(exitCode, 0);
    assert.match(text, new RegExp(`unable to replace resource "urn:.*::${data.name}"[\\s\\S]*protect`));
    assert.deepEqual(project.held(stack), before);
    assert.deepEqual(await up(), { same: created });
  });
}

for (const subject of dayTwoClouds)
  describe(`day two of ${subject.stack}, offline`, function () {
    this.timeout(120_000);
    describeDayTwo(subject);
  });
