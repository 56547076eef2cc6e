import assert from "node:assert/strict";
import { median, type Row } from "../../../bench/workflows/measure.ts";
import { shapes, taskCount } from "../../../bench/workflows/shapes.ts";
import { asText } from "../../../bench/workflows/table.ts";

describe("table of bench:workflows", () => {
  const row = (engine: Row["engine"], milliseconds: number | null, failure?: string): Row => ({
    engine,
    shape: "chain",
    tasks: 100,
    milliseconds,
    ...(failure !== undefined && { failure }),
  });

  it("tells ratios rounded against Skyloom, what failed and why, and whether targets are met", () => {
    const rows = [row("skyloom", 100), row("restate", 59.99), row("bullmq", null, "Redis is missing\nmore")];
    const text = asText(rows, { runs: 500, bytesPerRun: 9000.2, handles: { Timeout: 3 } }, []);
    assert.match(text, /^chain {2}skyloom +100 +1\.00$/m);
    assert.match(text, /^chain {2}restate +60 +0\.60 +0\.59$/m);
    assert.match(text, /^chain {2}bullmq +failed +Redis is missing$/m);
    assert.match(text, /chain: 0\.59 of bare Restate, wanted at least 0\.6: missed/);
    assert.match(text, /500 waiting runs: 9001 bytes of our process each, wanted under 10000: met/);
    assert.match(text, /connections than the first 50: 3 Timeout$/m);
    assert.match(
      asText([], { runs: 500, bytesPerRun: 1, handles: {} }, []),
      /^500 waiting runs: [\s\S]*: none\n$/,
    );
  });

  it("counts tasks of all runs, and takes the median of the rounds", () => {
    assert.deepEqual(shapes.map(taskCount), [100, 1000, 100, 1000]);
    assert.deepEqual([median([3, 1, 2]), median([4, 1]), median([])], [2, 2.5, undefined]);
  });
});
