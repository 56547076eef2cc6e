import assert from "node:assert/strict";
import { withDefaults } from "../../policies/configuration/settings.ts";
import { waivableRules } from "../../policies/policies.ts";
import { isStackRule } from "../../policies/rule.ts";
import { toPolicy } from "../../policies/to-policy.ts";
import type { Waiver } from "../../policies/waivers/waiver.ts";
import { WaiverBook } from "../../policies/waivers/waiver-book.ts";
import { remediate } from "./analyze.ts";
import { Case, type FixtureResource, run } from "./fixture.ts";
import { fixtures } from "./fixtures/all.ts";
import { verdictOf } from "./verdict.ts";

const waiver = (rule: string): Waiver => ({
  rule,
  resources: ["*"],
  stack: "*",
  reason: "a reason",
  owner: "somebody",
  expires: "2026-06-15",
  place: "waivers.yaml:1",
});

/** Remediations are all on. */
function mending(
  rule: (typeof fixtures)[number]["rule"],
  settings: Case["settings"],
  waivers: Waiver[] = [],
) {
  return toPolicy(rule, {
    settings: () => withDefaults(settings),
    waivers: new WaiverBook(waivers, "stack", new Date("2026-06-15T12:00:00Z")),
    asked: new Map(),
  });
}

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
        for (const each of Object.values(compliant))
          assert.deepEqual(await mended(each), undefined, "of what complies it changes nothing");
        let some = 0;
        for (const each of Object.values(violating)) {
          const properties = await mended(each);
          if (properties === undefined) continue;
          some += 1;
          const [resource] = each.resources as [FixtureResource];
          assert.deepEqual(await run(rule, new Case([{ ...resource, properties }], each.settings)), []);
          assert.deepEqual(await mended(each, [waiver(rule.name)]), undefined, "what is waived stays");
        }
        assert.ok(some > 0);
      });
      it("mends nothing that is not known", async () => {
        for (const each of Object.values(unknown)) {
          const [resource] = each.resources as [FixtureResource];
          const { properties } = await remediate([mending(rule, each.settings)], resource);
          if (properties !== undefined)
            assert.notDeepEqual(properties, resource.properties, "something else was wrong");
        }
      });
      const mended = async ({ resources, settings }: Case, waivers: Waiver[] = []) => {
        const [resource] = resources as [FixtureResource];
        return (await remediate([mending(rule, settings, waivers)], resource)).properties;
      };
    });
});
