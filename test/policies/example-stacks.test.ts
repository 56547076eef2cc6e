import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { parse } from "yaml";
import { AT_APPLY, WAIVED } from "../../policies/to-policy.ts";
import type { RecordedResource } from "../../simulator/recording/record-program.ts";
import type { Diagnostic } from "./analyze.ts";
import { checkStack, recordExampleStack } from "./example-stacks.ts";

const now = new Date("2026-11-28T12:00:00Z");
const waiversFile = join(import.meta.dirname, "../../stacks/waivers.yaml");
const second = ({ message }: Diagnostic) => message.split("\n")[1] ?? "";
const mandatory = (found: Diagnostic[]) =>
  found
    .filter(({ level }) => level === "mandatory")
    .map(({ policy, urn, message }) => ({ policy, urn, message }));

/** What the price tables lack, which docs/cost.md tells. */
const isAboutPrices = ({ policy }: Diagnostic) => policy === "stack-require-known-cost";

describe("example stacks under the whole pack", function () {
  // The types of the SDKs are read once, which takes seconds on a busy machine.
  this.timeout(120_000);

  it("have at most three waivers, each reasoned", () => {
    const { waivers } = parse(readFileSync(waiversFile, "utf8")) as { waivers: { reason: string }[] };
    assert.ok(waivers.length <= 3);
    for (const { reason } of waivers) assert.ok(reason.length > 30);
  });

  for (const stack of ["prod-aws", "prod-azure", "prod-gcp", "dev-aws", "dev-azure", "dev-gcp"]) {
    it(`${stack} has no violations when it is there`, async () => {
      const found = await checkStack(stack, await recordExampleStack(stack, false), now);
      assert.deepEqual(mandatory(found), []);
      const others = found.filter((each) => !isAboutPrices(each) && !second(each).startsWith(WAIVED));
      assert.deepEqual(others.map(second), [], "nothing else is said");
    });

    it(`${stack} has no violations in a preview, in which much is not known`, async () => {
      const found = await checkStack(stack, await recordExampleStack(stack, true), now);
      assert.deepEqual(mandatory(found), []);
      const others = found.filter(
        (each) => !isAboutPrices(each) && ![WAIVED, AT_APPLY].some((word) => second(each).startsWith(word)),
      );
      assert.deepEqual(others.map(second), []);
      assert.ok(found.some((each) => second(each).startsWith(AT_APPLY)));
    });
  }

  it("would have violations after a change", async () => {
    const resources = await recordExampleStack("prod-aws", false);
    const change = (type: string, edit: (inputs: RecordedResource["inputs"]) => object) =>
      resources.map((each) =>
        each.type === type ? { ...each, inputs: { ...each.inputs, ...edit(each.inputs) } } : each,
      );
    const names = async (changed: RecordedResource[]) => [
      ...new Set(
        (await checkStack("prod-aws", changed, now))
          .filter(({ level }) => level === "mandatory")
          .map(({ policy }) => policy),
      ),
    ];
    const open = change("aws:eks/cluster:Cluster", ({ vpcConfig }) => ({
      vpcConfig: { ...vpcConfig, endpointPublicAccess: true, publicAccessCidrs: ["0.0.0.0/0"] },
    }));
    assert.deepEqual(await names(open), ["eks-restrict-public-endpoint"]);
    const large = change("aws:eks/nodeGroup:NodeGroup", ({ scalingConfig }) => ({
      scalingConfig: { ...scalingConfig, maxSize: 40 },
    }));
    assert.deepEqual(await names(large), ["gpu-limit-nodes"]);
    const unplugged = resources.filter(
      ({ type }) => type !== "aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock",
    );
    assert.deepEqual(await names(unplugged), ["s3-forbid-public-access"]);
  });
});
