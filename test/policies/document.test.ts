import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { documentFile, withTables } from "../../docs/policies-table.ts";
import { rules } from "../../policies/policies.ts";

describe("docs/policies.md", () => {
  const document = readFileSync(documentFile, "utf8");

  it("lists every rule and setting as they are: node docs/policies-table.ts writes them", () => {
    assert.equal(withTables(document), document);
    for (const { name } of rules) assert.ok(document.includes(`| \`${name}\` |`), name);
  });

  it("says how many rules there are", () => {
    assert.match(document, new RegExp(`\\b${rules.length} rules\\b`));
  });
});
