import assert from "node:assert/strict";
import type { Cell } from "../../../bench/inference/measure.ts";
import { asText, roundedDown } from "../../../bench/inference/table.ts";

function cell(server: Cell["server"], requestsPerSecond: number | null, more: Partial<Cell> = {}): Cell {
  const figures = { requestsPerSecond, p50Ms: 1.5, p99Ms: 12.25, memoryMb: 123.4, processorMs: 0.25 };
  return { server, model: "tiny", concurrency: 64, encoding: "json", ...figures, ...more };
}

function lineWith(text: string, ...words: string[]): string[] {
  const line = text.split("\n").find((candidate) => words.every((word) => candidate.includes(word)));
  return line?.split(/ {2,}/) ?? [];
}

describe("the table of bench:inference", () => {
  it("gives each peer the ratio of Skyloom to it, rounded down", () => {
    const text = asText([cell("skyloom", 2999), cell("mlserver", 1000)]);
    assert.deepEqual(lineWith(text, "mlserver", "1.50"), [
      "tiny",
      "json",
      "64",
      "mlserver",
      "1000",
      "1.50",
      "12.3",
      "123",
      "0.250",
      "2.99",
    ]);
    assert.deepEqual(lineWith(text, "over mlserver").slice(-3), ["≥ 3 ×", "2.99 ×", "not met"]);
  });

  it("sets both encodings beside the bare loop, which has none", () => {
    const text = asText([
      cell("skyloom", 500),
      cell("skyloom", 800, { encoding: "binary" }),
      cell("bare", 1000, { encoding: "binary" }),
    ]);
    assert.equal(lineWith(text, "bare", "1000").at(-1), "0.50 json, 0.80 binary");
  });

  it("tells why a row has no figures, once", () => {
    const missing = { missing: "not supported: no binary tensors", encoding: "binary" } as const;
    const text = asText([8, 64].map((concurrency) => cell("mlserver", null, { ...missing, concurrency })));
    assert.equal(lineWith(text, "binary", "64").at(-1), "not supported");
    assert.equal(text.split("mlserver, binary: not supported: no binary tensors").length, 2);
  });

  it("warns where the load generator had no time left", () => {
    assert.match(
      asText([cell("skyloom", 9000, { generatorShare: 0.97 })]),
      /generator was busy all the time/,
    );
    assert.doesNotMatch(asText([cell("skyloom", 9000, { generatorShare: 0.5 })]), /busy/);
  });

  it("never rounds up", () => {
    assert.deepEqual([2.999, 0.9499, 3].map(roundedDown), ["2.99", "0.94", "3.00"]);
  });
});
