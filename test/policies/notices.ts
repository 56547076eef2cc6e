import { withDefaults } from "../../policies/configuration/settings.ts";
import { isStackRule, type Rule } from "../../policies/rule.ts";
import { toPolicy } from "../../policies/to-policy.ts";
import type { Waiver } from "../../policies/waivers/waiver.ts";
import { WaiverBook } from "../../policies/waivers/waiver-book.ts";
import { remediate } from "./analyze.ts";
import { Case, type Fixture, type FixtureResource, run } from "./fixture.ts";
import { verdictOf } from "./verdict.ts";

/** The properties that the rule makes of the case's resource; undefined: it leaves them. */
export async function mended(rule: Rule, { resources, settings }: Case, waivers: Waiver[] = []) {
  const policy = toPolicy(rule, {
    settings: () => withDefaults(settings),
    waivers: new WaiverBook(waivers, "stack", new Date("2026-06-15T12:00:00Z")),
    asked: new Map(),
  });
  return (await remediate([policy], resources[0] as FixtureResource)).properties;
}

/** The case with other properties of its resource. */
export function withProperties({ resources, settings }: Case, properties: object): Case {
  return new Case([{ ...(resources[0] as FixtureResource), properties }], settings);
}

/** The first thing that a fixture finds wrong with a rule; undefined: nothing. */
export async function firstProblem(rule: Rule, fixture: Fixture): Promise<string | undefined> {
  for (const verdict of ["compliant", "violating", "unknown"] as const)
    for (const [what, each] of Object.entries(fixture[verdict])) {
      const found = verdictOf(await run(rule, each).catch(() => []));
      if (found !== verdict) return `${verdict}, ${what}: ${found}`;
    }
  if (isStackRule(rule) || isStackRule(fixture.rule)) return undefined;
  if ((rule.remediate === undefined) !== (fixture.rule.remediate === undefined)) return "mends, or not";
  if (rule.remediate === undefined) return undefined;
  try {
    return await firstRemediationProblem(rule, fixture);
  } catch (error) {
    return (error as Error).message;
  }
}

async function firstRemediationProblem(rule: Rule, { compliant, violating }: Fixture) {
  for (const [what, each] of Object.entries(compliant))
    if ((await mended(rule, each)) !== undefined) return `mends ${what}`;
  let some = false;
  for (const [what, each] of Object.entries(violating)) {
    const properties = await mended(rule, each);
    if (properties === undefined) continue;
    some = true;
    const found = await run(rule, withProperties(each, properties));
    if (found.length > 0) return `mends ${what} in vain`;
  }
  return some ? undefined : "mends nothing";
}
