import assert from "node:assert/strict";
import { generateDataset } from "../../../../examples/automatic-operations/data/dataset.ts";
import {
  fitScaling,
  scaledWidth,
  scaleMetrics,
  scalingNodes,
} from "../../../../examples/automatic-operations/models/metrics-scaling.ts";
import { encodeModel } from "../../../../runtime/learning/onnx/encode-model.ts";
import { loadOnnx } from "../../../../runtime/learning/onnx/run-onnx.ts";

describe("scaling of the metrics", () => {
  const { training } = generateDataset({
    seed: 1,
    trainingServers: 4,
    heldOutServers: 1,
    windowsPerServer: 10,
  });
  const windows = training.map(({ metrics }) => metrics);
  const scaling = fitScaling(windows);

  it("computes the same in the ONNX graph as in training", async () => {
    const { nodes, initializers } = scalingNodes("metrics", "scaled", scaling);
    const runner = await loadOnnx(
      encodeModel({
        name: "scaling",
        inputs: [{ name: "metrics", datatype: "FP32", shape: ["batch", 30, 6] }],
        outputs: [{ name: "scaled", datatype: "FP32", shape: ["batch", 30, scaledWidth] }],
        nodes,
        initializers,
      }),
    );
    const extremes = [0, 100, 1e6, -5].map((value) => Array.from({ length: 30 }, () => Array(6).fill(value)));
    const all = [...windows, ...extremes];
    const { scaled } = await runner.run({
      metrics: { shape: [all.length, 30, 6], data: Float32Array.from(all.flat(2)) },
    });
    await runner.release();
    const expected = all.map((window) => scaleMetrics(window, scaling)).flat(2);
    assert.equal(scaled?.data.length, expected.length);
    expected.forEach((value, index) => {
      const actual = scaled?.data[index] ?? Number.NaN;
      assert.ok(
        Math.abs(actual - value) <= 1e-4 * Math.max(1, Math.abs(value)),
        `${index}: ${actual}, not ${value}`,
      );
    });
  });

  it("makes a server's course the same whatever its usual level is, where levels differ by factors", () => {
    const window = windows[0] ?? [];
    const doubled = window.map((row) =>
      row.map((value, metric) => (metric === 2 || metric === 5 ? 2 * value + 1 : value)),
    );
    const relative = (rows: number[][]) => scaleMetrics(rows, scaling).map((row) => [row[8] ?? 0]);
    relative(window).forEach((row, minute) => {
      assert.ok(Math.abs((row[0] ?? 0) - (relative(doubled)[minute]?.[0] ?? 9)) < 0.1);
    });
  });
});
