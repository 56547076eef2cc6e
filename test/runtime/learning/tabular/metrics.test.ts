import assert from "node:assert/strict";
import { classificationMetrics, regressionMetrics } from "../../../../runtime/learning/tabular/metrics.ts";

const near = (given: number, wanted: number) =>
  assert.ok(Math.abs(given - wanted) < 1e-12, `${given}, not ${wanted}`);

describe("metrics", () => {
  it("of classes: accuracy and log loss, a class that the model lacks counts as missed", () => {
    const { accuracy, logLoss } = classificationMetrics([0.8, 0.2, 0.4, 0.6, 0.5, 0.5], [0, 0, -1]);
    near(accuracy, 1 / 3);
    near(logLoss, -(Math.log(0.8) + Math.log(0.4) + Math.log(1e-7)) / 3);
  });

  it("of values: root of the mean squared error, mean absolute error and R²", () => {
    const { rmse, meanAbsoluteError, r2 } = regressionMetrics([1, 2, 5], [1, 2, 3]);
    near(rmse, Math.sqrt(4 / 3));
    near(meanAbsoluteError, 2 / 3);
    near(r2, 1 - 4 / 2);
    assert.equal(regressionMetrics([1, 2], [3, 3]).r2, 0);
  });
});
