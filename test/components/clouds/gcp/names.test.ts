import assert from "node:assert/strict";
import { gcpLabels, gcpNames } from "../../../../components/clouds/gcp/names.ts";

describe("names at Google Cloud", () => {
  it("are what a reader expects of an ordinary stack", () => {
    const names = gcpNames("acme-ml", "dev-gcp");
    assert.equal(names.bucket, "acme-ml-skyloom-dev-gcp");
    assert.equal(names.cluster, "skyloom-dev-gcp");
    assert.equal(names.deadLetter, "skyloom-dev-gcp-dead-letter");
    assert.equal(names.workloadAccount("runtime"), "skyloom-dev-gcp-runtime");
  });

  const stacks = ["x", "Team.A_prod", "team-a-prod", "a".repeat(100), "a".repeat(101), "9lives", "-"];
  for (const stack of stacks) {
    it(`keep to the rules for stack ${stack.slice(0, 20)}`, () => {
      const names = gcpNames("a-project-with-the-longest-id0", stack);
      const limits: [string, number][] = [
        [names.network, 63],
        [names.cluster, 40],
        [names.bucket, 63],
        [names.nodeAccount, 30],
        [names.workloadAccount("a-workload-with-a-rather-long-name"), 30],
        [names.registry, 63],
      ];
      for (const [name, maximum] of limits) {
        assert.match(name, /^[a-z][a-z0-9-]*[a-z0-9]$/);
        assert.ok(name.length <= maximum && name.length >= 6, name);
      }
    });
  }

  it("differ between stacks and between workloads, also where they had to be shortened", () => {
    const all = stacks.flatMap((stack) => {
      const names = gcpNames("acme-ml", stack);
      return [
        names.bucket,
        names.workloadAccount("recommendation-a"),
        names.workloadAccount("recommendation-b"),
      ];
    });
    assert.equal(new Set(all).size, all.length);
  });

  it("labels have lower-case letters, digits, _ and - only", () => {
    assert.deepEqual(gcpLabels({ owner: "Team A@acme.com", "cost-centre": `C${"1".repeat(80)}` }), {
      owner: "team-a-acme-com",
      "cost-centre": `c${"1".repeat(62)}`,
    });
  });
});
