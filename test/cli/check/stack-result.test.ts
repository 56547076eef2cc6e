import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Diagnostic } from "../../../cli/check/pack.ts";
import { readStackFile } from "../../../cli/check/stack-file.ts";
import { stackResult } from "../../../cli/check/stack-result.ts";

const urn = (name: string) => `urn:pulumi:dev::skyloom::a:b:C$aws:eks/nodeGroup:NodeGroup::${name}`;
const stackFile = `config:
  skyloom:budget:
    monthlyUsd: 1
  skyloom:gpuPools:
    - name: l4
      maximum: 4
    - name: h100
      maximum: 9
`;

describe("result of a stack", () => {
  let folder: string;
  before(() => {
    folder = mkdtempSync(join(tmpdir(), "skyloom-result-"));
    writeFileSync(join(folder, "stack.yaml"), stackFile);
  });
  after(() => rmSync(folder, { recursive: true }));

  const resultOf = (...found: Partial<Diagnostic>[]) => {
    const plain = {
      rule: "rule",
      level: "mandatory" as const,
      severity: undefined,
      message: "",
      urn: undefined,
    };
    const rule = { description: "", level: "mandatory" as const, framework: undefined, url: undefined };
    return stackResult({
      stack: "dev",
      file: readStackFile(join(folder, "stack.yaml"), "stacks/Pulumi.dev.yaml"),
      pack: {
        name: "pack",
        version: "1.0.0",
        rules: [
          { ...rule, name: "rule", severity: "high", fix: "do it", configuration: undefined },
          {
            ...rule,
            name: "budget",
            severity: "low",
            fix: "Raise skyloom:budget.",
            configuration: undefined,
          },
        ],
        initial: new Map(),
      },
      findings: { diagnostics: found.map((each) => ({ ...plain, ...each })), remediations: [] },
      resources: [],
      log: [
        { severity: "info", message: "fine" },
        { severity: "warning", message: "careful" },
      ],
      seconds: 1.2345,
    });
  };

  it("points to the pool that a resource is of", () => {
    const { violations } = resultOf({ urn: urn("pool-h100") });
    assert.deepEqual(violations[0]?.location, { path: "stacks/Pulumi.dev.yaml", line: 7 });
    assert.equal(violations[0]?.setting, "skyloom:gpuPools");
    assert.deepEqual(
      [violations[0]?.resource?.type, violations[0]?.resource?.name],
      ["aws:eks/nodeGroup:NodeGroup", "pool-h100"],
    );
  });

  it("points to the setting that a rule names, else to the file", () => {
    const { violations } = resultOf({ rule: "budget" }, { urn: urn("other") });
    assert.deepEqual(
      violations.map(({ rule, location }) => [rule, location?.line]),
      [
        ["rule", 1],
        ["budget", 2],
      ],
    );
  });

  it("puts what fails first, and the worst of it", () => {
    const { violations } = resultOf(
      { level: "advisory", severity: "critical", message: "c" },
      { severity: "low", message: "b" },
      { message: "a" },
    );
    assert.deepEqual(
      violations.map(({ message, severity, fix }) => [message, severity, fix]),
      [
        ["a", "high", "do it"],
        ["b", "low", "do it"],
        ["c", "critical", "do it"],
      ],
    );
  });

  it("tells used waivers and what is known at apply only from violations", () => {
    const { violations, waivers, notChecked, warnings } = resultOf(
      { level: "advisory", message: "waived until 2027-01-31 by us: moves\nstill open", urn: urn("a") },
      { level: "advisory", message: "to be checked at apply: name is not known", urn: urn("b") },
      {
        level: "advisory",
        message: "can't run policy 'rule' from policy pack 'pack@v1.0.0' during preview: x can't be known",
        urn: urn("c"),
      },
      // Words of a violation that fails are its own.
      { level: "mandatory", message: "waived until somebody looks" },
    );
    assert.deepEqual(
      waivers.map(({ owner, expires, reason, message }) => [owner, expires, reason, message]),
      [["us", "2027-01-31", "moves", "still open"]],
    );
    assert.deepEqual(
      notChecked.map(({ reason }) => reason),
      ["to be checked at apply: name is not known", "to be checked at apply: x can't be known"],
    );
    assert.equal(violations.length, 1);
    assert.deepEqual(warnings, ["careful"]);
  });
});
