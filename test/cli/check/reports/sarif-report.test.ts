import assert from "node:assert/strict";
import { sarifReport } from "../../../../cli/check/reports/sarif-report.ts";
import { exampleReport } from "./example-report.ts";

interface Result {
  ruleId: string;
  ruleIndex: number;
  level: string;
  message: { text: string };
  locations?: {
    physicalLocation?: { artifactLocation: { uri: string }; region: { startLine: number } };
    logicalLocations?: { fullyQualifiedName: string }[];
  }[];
  partialFingerprints: Record<string, string>;
  suppressions?: { kind: string; status: string; justification: string }[];
}
interface Log {
  $schema: string;
  version: string;
  runs: {
    tool: { driver: { name: string; rules: { id: string; properties: Record<string, unknown> }[] } };
    automationDetails: { id: string };
    invocations: { executionSuccessful: boolean; toolExecutionNotifications: { level: string }[] }[];
    results: Result[];
  }[];
}

describe("SARIF report", () => {
  const log = sarifReport(exampleReport()) as Log;
  const [run] = log.runs;
  assert.ok(run);

  it("has the form of SARIF 2.1.0", () => {
    assert.equal(log.version, "2.1.0");
    assert.match(log.$schema, /sarif-2\.1\.0\.json$/);
    assert.equal(run.tool.driver.name, "skyloom check");
    assert.ok(run.invocations[0]?.executionSuccessful);
    for (const { ruleId, ruleIndex, level, message } of run.results) {
      assert.equal(run.tool.driver.rules[ruleIndex]?.id, ruleId);
      assert.ok(["error", "warning", "note", "none"].includes(level));
      assert.ok(message.text.length > 0);
    }
  });

  it("points to the line of the stack's file, and names the resource", () => {
    const [location] = run.results[0]?.locations ?? [];
    assert.equal(location?.physicalLocation?.artifactLocation.uri, "stacks/Pulumi.prod.yaml");
    assert.equal(location?.physicalLocation?.region.startLine, 7);
    assert.match(location?.logicalLocations?.[0]?.fullyQualifiedName ?? "", /^urn:pulumi:prod::/);
  });

  it("grades: violations that fail are errors, others warnings, waived ones suppressed notes", () => {
    assert.deepEqual(
      run.results.map(({ ruleId, level, suppressions }) => [ruleId, level, suppressions?.[0]?.status]),
      [
        ["queue-encrypted", "error", undefined],
        ["queue-named", "warning", undefined],
        ["queue-encrypted", "note", "accepted"],
      ],
    );
    assert.match(
      run.results[2]?.suppressions?.[0]?.justification ?? "",
      /moves in January \(platform-team, until/,
    );
    assert.equal(run.tool.driver.rules[0]?.properties["security-severity"], "8.0");
  });

  it("tells the runs of several stacks apart, as code scanning wants", () => {
    const two = {
      ...exampleReport(),
      stacks: ["a", "b"].flatMap((stack) => exampleReport({ stack }).stacks),
    };
    const ids = (sarifReport(two) as Log).runs.map(({ automationDetails }) => automationDetails.id);
    assert.equal(new Set(ids).size, 2);
  });

  it("knows a violation again whatever its words, and tells resources apart", () => {
    const fingerprints = (changes: object) => {
      const report = exampleReport();
      Object.assign(report.stacks[0]?.violations[0] ?? {}, changes);
      return (sarifReport(report) as Log).runs[0]?.results[0]?.partialFingerprints["skyloom/v1"];
    };
    assert.equal(fingerprints({ message: "other words" }), fingerprints({}));
    assert.notEqual(fingerprints({ resource: undefined }), fingerprints({}));
  });

  it("says what was not checked", () => {
    assert.equal(run.invocations[0]?.toolExecutionNotifications.length, 1);
  });
});
