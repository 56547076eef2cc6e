import assert from "node:assert/strict";
import { crossEntropy, type Loss, squaredError } from "../../../../runtime/learning/tabular/losses.ts";
import { backward, createLayers, forward } from "../../../../runtime/learning/tabular/network.ts";
import { seededRandom } from "../../../../runtime/learning/tabular/random.ts";

describe("network", () => {
  const rows = 5;
  const cases: [name: string, loss: Loss, outputs: number, targets: number[]][] = [
    ["cross entropy", crossEntropy, 3, [0, 2, 1, 1, 0]],
    ["squared error", squaredError, 1, [0.5, -1, 2, 0, 1]],
  ];
  for (const [name, loss, outputs, given] of cases)
    it(`has the gradients of ${name} that differences give`, () => {
      const random = seededRandom(3);
      const layers = createLayers([4, 6, 5, outputs], random);
      for (const layer of layers) layer.biases.set(layer.biases.map(() => random() - 0.5));
      const input = Float64Array.from({ length: rows * 4 }, () => random() * 2 - 1);
      const targets = Float64Array.from(given);
      const lossNow = () => loss(forward(layers, input, rows).at(-1) as Float64Array, targets, rows);
      const values = forward(layers, input, rows);
      const gradients = backward(layers, values, lossNow().gradient, rows);
      const step = 1e-6;
      for (const [index, layer] of layers.entries())
        for (const part of ["weights", "biases"] as const)
          for (let at = 0; at < layer[part].length; at += 1) {
            const value = layer[part][at] as number;
            layer[part][at] = value + step;
            const above = lossNow().sum;
            layer[part][at] = value - step;
            const below = lossNow().sum;
            layer[part][at] = value;
            const wanted = (above - below) / (2 * step) / rows;
            const gradient = gradients[index]?.[part][at] as number;
            assert.ok(
              Math.abs(gradient - wanted) < 1e-7,
              `${part} ${at} of layer ${index}: ${gradient}, not ${wanted}`,
            );
          }
    });
});
