import assert from "node:assert/strict";
import { loadOnnx } from "../../../../runtime/learning/onnx/run-onnx.ts";
import { exportTabular, tabularInput } from "../../../../runtime/learning/tabular/export-tabular.ts";
import { forward } from "../../../../runtime/learning/tabular/network.ts";
import { seededRandom } from "../../../../runtime/learning/tabular/random.ts";
import { standardisationOf, standardise } from "../../../../runtime/learning/tabular/standardise.ts";
import {
  type Epoch,
  type Examples,
  type TrainingSettings,
  trainNetwork,
} from "../../../../runtime/learning/tabular/train-network.ts";

const settings: TrainingSettings = {
  kind: "classification",
  hidden: [16],
  optimiser: { name: "adam", rate: 0.02, momentum: 0.9, weightDecay: 0 },
  batch: 16,
  epochs: 60,
  patience: 60,
  validation: 0.2,
  seed: 1,
};

/** Two classes that no line parts: whether both numbers have the same sign. */
function crossed(rows = 400): Examples {
  const random = seededRandom(7);
  const inputs = Float64Array.from({ length: rows * 2 }, () => random() * 2 - 1);
  const targets = Float64Array.from({ length: rows }, (_, row) =>
    Number((inputs[row * 2] as number) * (inputs[row * 2 + 1] as number) > 0),
  );
  return { rows, inputs, targets, outputs: 2 };
}

/** y = 3 a − 2 b + 1 and a little noise. */
function line(rows = 300): Examples {
  const random = seededRandom(9);
  const inputs = Float64Array.from({ length: rows * 2 }, () => random() * 4 - 2);
  const targets = Float64Array.from(
    { length: rows },
    (_, row) =>
      3 * (inputs[row * 2] as number) - 2 * (inputs[row * 2 + 1] as number) + 1 + (random() - 0.5) / 100,
  );
  return { rows, inputs, targets, outputs: 1 };
}

function accuracy(examples: Examples, changes: Partial<TrainingSettings>): number {
  const { layers } = trainNetwork(examples, { ...settings, ...changes }, () => undefined);
  const given = forward(layers, examples.inputs, examples.rows).at(-1) as Float64Array;
  const right = examples.targets.filter((target, row) => {
    const isOne = (given[row * 2 + 1] as number) > (given[row * 2] as number);
    return Number(isOne) === target;
  });
  return right.length / examples.rows;
}

describe("training of a network", function () {
  this.timeout(120_000);
  it("learns with Adam and with SGD what a linear model cannot", () => {
    const sgd = { name: "sgd", rate: 0.05, momentum: 0.9, weightDecay: 0 } as const;
    assert.ok(accuracy(crossed(), {}) > 0.95);
    assert.ok(accuracy(crossed(), { optimiser: sgd }) > 0.95);
    assert.ok(accuracy(crossed(), { hidden: [] }) < 0.7);
  });

  it("finds the coefficients of a linear relation", () => {
    const { layers } = trainNetwork(line(), { ...settings, kind: "regression", hidden: [] }, () => undefined);
    const [first, second, bias] = [...(layers[0]?.weights ?? []), layers[0]?.biases[0]] as number[];
    for (const [given, wanted] of [
      [first, 3],
      [second, -2],
      [bias, 1],
    ] as [number, number][])
      assert.ok(Math.abs(given - wanted) < 0.02, `${given}, not ${wanted}`);
  });

  it("gives the same network for the same seed, and another for another", () => {
    const weights = (seed: number) =>
      trainNetwork(crossed(60), { ...settings, seed, epochs: 3 }, () => undefined).layers[0]?.weights;
    assert.deepEqual(weights(5), weights(5));
    assert.notDeepEqual(weights(5), weights(6));
  });

  it("ends when the validation loss gets no better, and keeps the best epoch", () => {
    const random = seededRandom(2);
    const noise = {
      ...crossed(60),
      targets: Float64Array.from({ length: 60 }, () => Number(random() > 0.5)),
    };
    const epochs: Epoch[] = [];
    const trained = trainNetwork(noise, { ...settings, epochs: 500, patience: 5 }, (epoch) =>
      epochs.push(epoch),
    );
    const least = Math.min(...epochs.map(({ validationLoss }) => validationLoss));
    assert.ok(trained.epochs < 500);
    assert.equal(trained.best.validationLoss, least);
    assert.equal(trained.epochs, trained.best.epoch + 5);
  });

  it("says so where it does not converge at all", () => {
    const sgd = { name: "sgd", rate: 10, momentum: 0.99, weightDecay: 0 } as const;
    const wild = line();
    wild.targets.fill(1e200);
    const train = () =>
      trainNetwork(wild, { ...settings, kind: "regression", optimiser: sgd }, () => undefined);
    assert.throws(train, /a smaller rate/);
  });

  it("is exported as it is, with its standardisation", async () => {
    for (const kind of ["classification", "regression"] as const) {
      const examples = kind === "classification" ? crossed(50) : line(50);
      const raw = Float32Array.from(examples.inputs, (value) => value * 10 + 3);
      const inputs = standardisationOf(Float64Array.from(raw), 2);
      const standardised = Float64Array.from(raw);
      standardise(standardised, inputs);
      const output = { mean: 4, deviation: 2 };
      const { layers } = trainNetwork(
        { ...examples, inputs: standardised },
        { ...settings, kind, epochs: 5 },
        () => undefined,
      );
      const runner = await loadOnnx(
        exportTabular({ kind, features: ["a", "b"], target: "t", inputs, output, layers }),
      );
      const outputs = await runner.run({ [tabularInput]: { shape: [50, 2], data: raw } });
      await runner.release();
      const own = forward(layers, standardised, 50).at(-1) as Float64Array;
      const given = outputs[kind === "classification" ? "probabilities" : "prediction"];
      assert.deepEqual(given?.shape, [50, examples.outputs]);
      own.forEach((value, at) => {
        const partner = own[at ^ 1] as number;
        const wanted = kind === "classification" ? 1 / (1 + Math.exp(partner - value)) : value * 2 + 4;
        assert.ok(Math.abs((given?.data[at] as number) - wanted) < 1e-4);
      });
    }
  });
});
