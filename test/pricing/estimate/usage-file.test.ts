import assert from "node:assert/strict";
import { fileURLToPath } from "node:url";
import { useOf } from "../../../pricing/estimate/usage.ts";
import { parseUsage, readUsageFile, UsageFileError } from "../../../pricing/estimate/usage-file.ts";

const example = fileURLToPath(new URL("../../../stacks/usage.example.yaml", import.meta.url));
const always = (count: number) => ({ minimum: count, expected: count, maximum: count });

describe("usage file", () => {
  it("takes numbers and ranges, by default, by name and by URN, the nearest first", () => {
    const usage = parseUsage(
      [
        "default: {storedGb: 1, egressGb: {minimum: 0, expected: 1, maximum: 9}}",
        "resources:",
        "  bucket: {storedGb: 2}",
        "  urn:a: {storedGb: 3}",
      ].join("\n"),
      "usage.yaml",
    );
    assert.deepEqual(useOf(usage, { urn: "urn:b", name: "other" }, "storedGb"), always(1));
    assert.deepEqual(useOf(usage, { urn: "urn:b", name: "bucket" }, "storedGb"), always(2));
    assert.deepEqual(useOf(usage, { urn: "urn:a", name: "bucket" }, "storedGb"), always(3));
    assert.deepEqual(useOf(usage, { urn: "urn:a", name: "bucket" }, "egressGb"), {
      minimum: 0,
      expected: 1,
      maximum: 9,
    });
    assert.equal(useOf(usage, { urn: "urn:a", name: "bucket" }, "messages"), undefined);
  });

  it("takes an empty file for one that tells nothing", () => {
    assert.deepEqual(parseUsage("# nothing yet\n", "usage.yaml"), { default: {}, resources: {} });
  });

  it("names every problem with its line", () => {
    const source = [
      "default:",
      "  storedGb: -1",
      "  messages: many",
      "resources:",
      "  bucket:",
      "    storedGb: {minimum: 5, expected: 1, maximum: 9}",
      "    stordGb: 3",
      "other: 1",
    ].join("\n");
    assert.throws(
      () => parseUsage(source, "usage.yaml"),
      (error: Error) => {
        assert.ok(error instanceof UsageFileError);
        const lines = error.message.split("\n").map((line) => line.split(": ").slice(0, 2).join(": "));
        assert.deepEqual(lines.toSorted(), [
          "usage.yaml:2: default.storedGb",
          "usage.yaml:3: default.messages",
          "usage.yaml:6: resources.bucket.storedGb",
          "usage.yaml:7: resources.bucket.stordGb",
          "usage.yaml:8: other",
        ]);
        return true;
      },
    );
  });

  it("names the line of what is no YAML, and a file that cannot be read", () => {
    assert.throws(() => parseUsage("default:\n  a: [1\n", "usage.yaml"), /^UsageFileError: usage\.yaml:\d: /);
    assert.throws(() => readUsageFile("/nowhere/usage.yaml"), /\/nowhere\/usage\.yaml: cannot be read/);
  });

  it("has an example that tells everything", () => {
    const { default: use } = readUsageFile(example);
    assert.ok(Object.keys(use).length >= 16);
  });
});
