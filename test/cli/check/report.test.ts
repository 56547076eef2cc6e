import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { CostEstimator } from "../../../cli/check/cost.ts";
import { createReport, mandatoryCount, readBase } from "../../../cli/check/report.ts";
import { jsonReport } from "../../../cli/check/reports/json-report.ts";
import type { CheckedStack } from "../../../cli/check/stack-result.ts";

const urn = "urn:pulumi:dev::shop::aws:sqs/queue:Queue::orders";
const dependencies: string[] = [];
const checked: CheckedStack = {
  stack: "dev",
  file: undefined,
  pack: { name: "pack", version: "1.0.0", rules: [], initial: new Map() },
  findings: { diagnostics: [], remediations: [] },
  resources: [
    {
      urn,
      type: "aws:sqs/queue:Queue",
      name: "orders",
      custom: true,
      remote: false,
      properties: { a: 1 },
      dependencies,
    },
  ],
  log: [],
  seconds: 1,
};
const estimate: CostEstimator = (resources, stack) => ({
  total: { minimum: 1, expected: resources.length * 10, maximum: stack.length * 100 },
  items: [],
  unknown: [],
});

describe("report", () => {
  let folder: string;
  before(() => {
    folder = mkdtempSync(join(tmpdir(), "skyloom-report-"));
  });
  after(() => rmSync(folder, { recursive: true }));

  it("prices the resources of each stack, and compares with an earlier report of the same", async () => {
    const report = await createReport([checked], estimate, new Map());
    assert.deepEqual(report.stacks[0]?.cost?.total, { minimum: 1, expected: 10, maximum: 300 });
    const base = join(folder, "base.json");
    writeFileSync(base, JSON.stringify(jsonReport(report)));
    const later = await createReport([checked, { ...checked, stack: "new" }], estimate, readBase(base));
    assert.deepEqual(
      later.stacks.map(({ costBefore }) => costBefore?.expected),
      [10, undefined],
    );
  });

  it("says nothing about cost where nothing is priced", async () => {
    const report = await createReport([checked], undefined, new Map());
    assert.equal(report.stacks[0]?.cost, undefined);
    assert.doesNotMatch(JSON.stringify(jsonReport(report)), /cost/);
    const base = join(folder, "unpriced.json");
    writeFileSync(base, JSON.stringify(jsonReport(report)));
    assert.equal(readBase(base).size, 0);
  });

  it("fails on mandatory violations only", async () => {
    const found = { rule: "rule", severity: undefined, message: "", urn };
    const diagnostics = [
      { ...found, level: "advisory" as const },
      { ...found, level: "mandatory" as const },
    ];
    const report = await createReport(
      [{ ...checked, findings: { diagnostics, remediations: [] } }],
      undefined,
      new Map(),
    );
    assert.equal(mandatoryCount(report), 1);
    assert.equal((jsonReport(report) as { passed: boolean }).passed, false);
  });
});
