import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { isStackRule, type Rule } from "../../policies/rule.ts";
import { isUnknownValue } from "../../policies/unknown-values.ts";
import type { Fixture } from "./fixture.ts";
import { fixtures } from "./fixtures/all.ts";
import { MutantLoader } from "./load-mutant.ts";
import { mutantsOf } from "./mutants.ts";
import { firstProblem } from "./notices.ts";

const folder = join(import.meta.dirname, "../../policies");
const filesOf = (part: string) =>
  readdirSync(join(folder, part), { withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map(({ name }) => join(folder, part, name));
const ruleFiles = ["aws", "azure", "gcp", "workloads", "cost", "local"].flatMap(filesOf);
/** It only mends, and has a test of its own. */
const mendingOnly = "process-encrypt-environment-secrets.ts";
const fileOf = ({ name }: Rule) => ruleFiles.find((file) => basename(file) === `${name}.ts`) as string;

/** What several rules use, beside them and in the pack's own folders. */
const shared = [
  ...ruleFiles.filter(
    (file) => basename(file) !== mendingOnly && !fixtures.some(({ rule }) => fileOf(rule) === file),
  ),
  ...["property-rule.ts", "property-path.ts", "network-ranges.ts", "pattern.ts", "unknown-values.ts"].map(
    (name) => join(folder, name),
  ),
  ...filesOf("stack"),
];

const wrongs: Record<string, (rule: Rule) => Rule> = {
  "reports nothing": (rule) => checking(rule, () => undefined),
  "reports what complies, and nothing else": (rule) =>
    checking(rule, (check, report) => {
      const found: unknown[] = [];
      check((...message) => found.push(message));
      if (found.length === 0) report("complies");
    }),
  "passes what is not known": (rule) =>
    checking(rule, (check, report) => {
      try {
        check(report);
      } catch (error) {
        if (!isUnknownValue(error)) throw error;
      }
    }),
};

// biome-ignore lint/suspicious/noExplicitAny: of both kinds of rules
type Report = (message: string, ...more: any[]) => void;

/** The rule with something between its check and what is reported of it; for whole stacks also for each resource. */
function checking(rule: Rule, change: (check: (report: Report) => void, report: Report) => void): Rule {
  if (!isStackRule(rule))
    return { ...rule, check: (resource, report) => change((to) => rule.check?.(resource, to), report) };
  return {
    ...rule,
    checkStack: (stack, report) => {
      const each: typeof stack.each = (resources, check) => {
        for (const resource of resources) check(resource);
      };
      change((to) => rule.checkStack({ ...stack, each }, to), report);
    },
  };
}

describe("mutation of rules", function () {
  this.timeout(300_000);
  const loader = new MutantLoader(folder);
  after(() => loader.close());

  const load = async (rule: Rule): Promise<Rule> => {
    const exported = Object.values(await loader.load(fileOf(rule))) as Rule[];
    return exported.find(({ name }) => name === rule.name) as Rule;
  };
  const notices = async (fixture: Fixture) => {
    try {
      return (await firstProblem(await load(fixture.rule), fixture)) !== undefined;
    } catch {
      return true;
    }
  };

  for (const [what, change] of Object.entries(wrongs))
    it(`is noticed where a rule ${what}`, async () => {
      for (const fixture of fixtures)
        assert.notEqual(await firstProblem(change(fixture.rule), fixture), undefined, fixture.rule.name);
    });

  it("is noticed in every condition of every rule", async () => {
    const survivors: string[] = [];
    let count = 0;
    for (const fixture of fixtures) {
      const file = fileOf(fixture.rule);
      for (const { line, text, source } of mutantsOf(readFileSync(file, "utf8"))) {
        count += 1;
        loader.change(file, source);
        if (!(await notices(fixture))) survivors.push(`${basename(file)}:${line}: ${text}`);
      }
    }
    assert.deepEqual(survivors, []);
    assert.ok(count > 400, `${count} mutants`);
  });

  it("is noticed in every condition of what rules share", async () => {
    const survivors: string[] = [];
    for (const file of shared) {
      const users = usersOf(file);
      for (const { line, text, source } of mutantsOf(readFileSync(file, "utf8"))) {
        loader.change(file, source);
        if (!(await someNotices(users, notices))) survivors.push(`${basename(file)}:${line}: ${text}`);
      }
    }
    assert.deepEqual(survivors, []);
  });
});

/** Fixtures of rules that import the file first, then those beside it: they notice soonest. */
function usersOf(file: string): Fixture[] {
  const distance = ({ rule }: Fixture) => {
    if (readFileSync(fileOf(rule), "utf8").includes(`/${basename(file)}"`)) return 0;
    return dirname(fileOf(rule)) === dirname(file) ? 1 : 2;
  };
  const distances = new Map(fixtures.map((each) => [each, distance(each)]));
  return fixtures.toSorted((one, other) => (distances.get(one) ?? 0) - (distances.get(other) ?? 0));
}

async function someNotices(
  some: Fixture[],
  notices: (fixture: Fixture) => Promise<boolean>,
): Promise<boolean> {
  for (const fixture of some) if (await notices(fixture)) return true;
  return false;
}
