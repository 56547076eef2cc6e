import assert from "node:assert/strict";
import { waivableRules } from "../../policies/policies.ts";
import { isStackRule } from "../../policies/rule.ts";
import type { Waiver } from "../../policies/waivers/waiver.ts";
import { run } from "./fixture.ts";
import { fixtures } from "./fixtures/all.ts";
import { mended, withProperties } from "./notices.ts";
import { verdictOf } from "./verdict.ts";

const waiver = (rule: string): Waiver => ({
  rule,
  resources: ["*"],
  stack: "*",
  mayBeAbsent: false,
  reason: "a reason",
  owner: "somebody",
  expires: "2026-06-15",
  place: "waivers.yaml:1",
});

describe("rules", () => {
  it("each have fixtures, but the one that only mends", () => {
    const missing = waivableRules.filter((rule) => !fixtures.some((each) => each.rule === rule));
    assert.deepEqual(
      missing.map(({ name }) => name),
      ["process-encrypt-environment-secrets"],
    );
  });

  for (const { rule, compliant, violating, unknown } of fixtures)
    describe(rule.name, () => {
      for (const [what, each] of Object.entries(compliant))
        it(`passes: ${what}`, async () => {
          assert.deepEqual(await run(rule, each), []);
        });
      for (const [what, each] of Object.entries(violating)) {
        it(`refuses: ${what}`, async () => {
          const found = await run(rule, each);
          assert.equal(verdictOf(found), "violating", JSON.stringify(found));
          for (const { level, message } of found) {
            assert.equal(level, rule.enforcementLevel ?? "mandatory");
            assert.ok(message.startsWith(`${rule.description}\n`), message);
          }
        });
        it(`waives: ${what}`, async () => {
          const found = await run(rule, each, [waiver(rule.name)]);
          assert.equal(verdictOf(found), "waived", JSON.stringify(found));
          for (const { message } of found)
            assert.ok(message.includes("\nwaived until 2026-06-15 by somebody: a reason\n"), message);
        });
      }
      for (const [what, each] of Object.entries(unknown))
        it(`leaves for the apply: ${what}`, async () => {
          const found = await run(rule, each);
          assert.equal(verdictOf(found), "unknown", JSON.stringify(found));
        });
      if (isStackRule(rule) || rule.remediate === undefined) return;
      it("mends what it refuses, and nothing else", async () => {
        for (const each of Object.values(compliant)) assert.equal(await mended(rule, each), undefined);
        let some = 0;
        for (const each of Object.values(violating)) {
          const properties = await mended(rule, each);
          if (properties === undefined) continue;
          some += 1;
          assert.deepEqual(await run(rule, withProperties(each, properties)), []);
          assert.equal(await mended(rule, each, [waiver(rule.name)]), undefined, "what is waived stays");
        }
        assert.ok(some > 0);
      });
      it("breaks on nothing that is not known", async () => {
        for (const each of Object.values(unknown)) await mended(rule, each);
      });
    });
});
