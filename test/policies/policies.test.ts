import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { rules } from "../../policies/policies.ts";

const folder = join(import.meta.dirname, "../../policies");
const verbs = ["disable", "enable", "encrypt", "forbid", "limit", "require", "restrict"];

describe("registry of rules", () => {
  it("names each by what it is about, one of a few verbs, and what is wanted", () => {
    for (const { name } of rules) {
      assert.match(name, /^[a-z0-9]+(-[a-z0-9]+)+$/);
      const words = name.split("-");
      assert.equal(words.slice(1, -1).filter((word) => verbs.includes(word)).length, 1, name);
    }
    assert.equal(new Set(rules.map(({ name }) => name)).size, rules.length);
  });

  it("says of each what holds, how bad it is otherwise, and how to comply", () => {
    for (const { name, description, severity, remediationSteps } of rules) {
      assert.ok(description.length > 20 && description.endsWith("."), name);
      assert.ok(remediationSteps.length > 15 && remediationSteps.endsWith("."), name);
      assert.ok(["low", "medium", "high", "critical"].includes(severity), name);
    }
  });

  it("gives a benchmark's number with its name and version only", () => {
    const referring = rules.flatMap(({ name, framework }) =>
      framework ? [{ rule: name, ...framework }] : [],
    );
    assert.ok(referring.length > 40);
    for (const { rule, name, version, reference } of referring) {
      assert.match(name, /^CIS .* Benchmark$/, rule);
      assert.match(version, /^\d+\.\d+$/, rule);
      assert.match(reference, /^\d+(\.\d+)+(, \d+(\.\d+)+)*$/, rule);
    }
  });

  it("has every rule that there is a file of, one a file, under its own name", () => {
    const files = ["aws", "azure", "gcp", "workloads", "cost", "local", "waivers"].flatMap((part) =>
      readdirSync(join(folder, part)).map((file) => join(part, file)),
    );
    const named = files.flatMap((file) => {
      const name = /^ {2}name: "([a-z0-9-]+)",$/m.exec(readFileSync(join(folder, file), "utf8"))?.[1];
      return name === undefined ? [] : [{ file, name }];
    });
    assert.deepEqual(named.map(({ name }) => name).toSorted(), rules.map(({ name }) => name).toSorted());
    for (const { file, name } of named) assert.ok(file.endsWith(`/${name}.ts`), file);
  });
});
