import assert from "node:assert/strict";
import type { StoredResource } from "../../simulator/store.ts";
import { type Leak, leakyClouds } from "./leaks.ts";
import { type CommandResult, OfflineProject } from "./offline-project.ts";

interface Listed {
  type: string;
  id: string;
  region: string;
  monthlyUsd: number | "unknown";
  removal: string;
  lingering?: { why: string; until?: string };
}

interface Document {
  left: Listed[] | "unknown";
  lingering: Listed[];
  cost: { known: number; unknown: number };
  refusals: { question: string; reason: string; remedy: string }[];
  notOfTheStack: Listed[];
}

const documentOf = ({ stdout }: CommandResult) => JSON.parse(stdout) as Document;
const cents = (amount: number | "unknown") =>
  amount === "unknown" ? amount : Math.round(amount * 100) / 100;
const byName = (left: { listedAs: string; removal: string }, right: { listedAs: string; removal: string }) =>
  `${left.listedAs} ${left.removal}`.localeCompare(`${right.listedAs} ${right.removal}`);

/** What can be brought back for some days. */
const recoverable: Record<string, string[]> = {
  "dev-aws": ["kms:key"],
  "dev-azure": ["Microsoft.KeyVault/deletedVaults"],
  "dev-gcp": [],
};

for (const { stack, config, leaks, others, question, remedy, atLeastUsd } of leakyClouds)
  describe(`teardown of ${stack}, offline`, function () {
    this.timeout(120_000);
    const project = new OfflineProject();
    const added: StoredResource[] = [];
    after(() => project.remove());

    async function leak(these: Leak[]): Promise<StoredResource[]> {
      const editor = project.editor(stack);
      const made: StoredResource[] = [];
      for (const { type, name, inputs } of these) made.push(await editor.add(type, name, inputs, config));
      return made;
    }

    it("lists what a stack that is up costs, and leaves it", async () => {
      const up = await project.skyloom("up", stack);
      assert.equal(up.exitCode, 0, up.text);
      const before = project.held(stack);
      const result = await project.skyloom("leftovers", stack);
      assert.equal(result.exitCode, 1, result.text);
      const { left, cost, refusals } = documentOf(result);
      assert.deepEqual(refusals, []);
      assert.ok(left.length > 10, `${left.length} resources`);
      assert.ok(cost.known >= atLeastUsd - 0.01, `${cost.known} USD`);
      assert.ok(cost.unknown > 0, "what is billed by use");
      assert.deepEqual(project.held(stack), before);
    });

    it("lists what leaked with its cost and its removal, nothing else, and keeps the stack", async () => {
      const down = await project.skyloom("down", stack, "--yes");
      assert.equal(down.exitCode, 0, down.text);
      await leak(others);
      added.push(...(await leak(leaks)));
      const result = await project.skyloom("destroy", stack, "--yes");
      assert.equal(result.exitCode, 1, result.text);
      const { left, cost } = documentOf(result);
      assert.notEqual(left, "unknown");
      const listed = (left as Listed[]).map(({ type, monthlyUsd, removal }) => {
        const expected = leaks.find((each) => each.listedAs === type && removal.startsWith(each.removal));
        const shown = expected === undefined ? removal : expected.removal;
        return { listedAs: type, monthlyUsd: cents(monthlyUsd), removal: shown };
      });
      const wanted = leaks.map(({ listedAs, monthlyUsd, removal }) => ({ listedAs, monthlyUsd, removal }));
      assert.deepEqual(listed.toSorted(byName), wanted.toSorted(byName));
      const known = leaks.reduce(
        (sum, each) => sum + (each.monthlyUsd === "unknown" ? 0 : each.monthlyUsd),
        0,
      );
      assert.ok(Math.abs(cost.known - known) < 0.05, `${cost.known} is not ${known}`);
      assert.equal(cost.unknown, leaks.filter(({ monthlyUsd }) => monthlyUsd === "unknown").length);
      assert.ok(project.exists(stack));
    });

    it("says for people what is left, what it costs together and how it is removed", async () => {
      const { exitCode, text } = await project.shell(
        `node cli/main.ts leftovers -s ${stack} --offline || echo "exit $?"`,
      );
      assert.equal(exitCode, 0, text);
      assert.match(text, /exit 1/);
      const unknown = leaks.filter(({ monthlyUsd }) => monthlyUsd === "unknown").length;
      const missing = unknown === 0 ? "\\." : `, and ${unknown} at an unknown price`;
      assert.match(text, new RegExp(`${leaks.length} resources, \\$[\\d.]+ a month${missing}`));
      for (const { removal } of leaks) assert.ok(text.includes(removal), removal);
    });

    it("does not say that nothing is left where the cloud does not answer", async () => {
      project.setFaults(stack, [{ type: question, operation: "invoke", kind: "expired-login", times: 50 }]);
      const result = await project.skyloom("destroy", stack, "--yes");
      project.setFaults(stack, []);
      const { left, refusals } = documentOf(result);
      // Leaks that are found by another question are told all the same.
      assert.equal(result.exitCode, stack === "dev-aws" ? 1 : 2, result.text);
      assert.equal(left, "unknown");
      assert.ok(
        refusals.some((refusal) => remedy.test(refusal.remedy)),
        JSON.stringify(refusals),
      );
      assert.ok(project.exists(stack));
    });

    it("says that nothing is left when it is so, and forgets the stack", async () => {
      const editor = project.editor(stack);
      for (const { type, id } of added.toReversed()) editor.remove(type, id);
      const result = await project.skyloom("destroy", stack, "--yes");
      assert.equal(result.exitCode, 0, result.text);
      const { left, lingering, cost } = documentOf(result);
      assert.deepEqual(left, []);
      assert.deepEqual(cost, { known: 0, unknown: 0 });
      assert.deepEqual(
        lingering.map(({ type }) => type),
        recoverable[stack],
      );
      for (const { lingering: why, monthlyUsd } of lingering) {
        const days = (Date.parse(why?.until ?? "") - Date.now()) / 86_400_000;
        assert.ok(days > 6 && days <= 7, `${days} days`);
        assert.equal(monthlyUsd, 0);
      }
      assert.match(result.text, /nothing of .* is left/);
      assert.equal(project.exists(stack), false);
    });
  });

describe("teardown that a leak holds up, offline", function () {
  this.timeout(120_000);
  const project = new OfflineProject();
  const stack = "dev-aws";
  after(() => project.remove());

  it("names what is not of the stack, and goes on when that is gone", async () => {
    const up = await project.skyloom("up", stack);
    assert.equal(up.exitCode, 0, up.text);
    const vpcId = project.held(stack).find(({ type }) => type === "aws:ec2/vpc:Vpc")?.id ?? "";
    const tags = { "kubernetes.io/cluster/skyloom-dev-aws": "owned" };
    const group = await project
      .editor(stack)
      .add("aws:ec2/securityGroup:SecurityGroup", "k8s-elb", { vpcId, tags }, { region: "us-east-1" });
    const failed = await project.skyloom("destroy", stack, "--yes");
    assert.equal(failed.exitCode, 2, failed.text);
    assert.match(failed.text, /DependencyViolation/);
    assert.deepEqual(
      documentOf(failed).notOfTheStack.map(({ id }) => id),
      [group.id],
    );
    project.editor(stack).remove(group.type, group.id);
    const destroyed = await project.skyloom("destroy", stack, "--yes");
    assert.equal(destroyed.exitCode, 0, destroyed.text);
    assert.deepEqual(documentOf(destroyed).left, []);
  });
});
