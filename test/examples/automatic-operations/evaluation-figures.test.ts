import assert from "node:assert/strict";
import {
  classificationFigures,
  detectionFigures,
} from "../../../examples/automatic-operations/evaluation-figures.ts";

describe("detectionFigures", () => {
  it("counts by hand: 3 found, 1 false alarm, 2 missed, 4 rightly quiet", () => {
    const actual = [true, true, true, true, true, false, false, false, false, false];
    const predicted = [true, true, true, false, false, true, false, false, false, false];
    const { precision, recall, f1, accuracy } = detectionFigures(predicted, actual);
    assert.equal(precision, 0.75);
    assert.equal(recall, 0.6);
    assert.ok(Math.abs(f1 - 2 / 3) < 1e-12);
    assert.equal(accuracy, 0.7);
  });

  it("is 0, not NaN, where nothing is predicted or nothing is there", () => {
    assert.deepEqual(detectionFigures([false, false], [true, false]), {
      precision: 0,
      recall: 0,
      f1: 0,
      accuracy: 0.5,
    });
    assert.equal(detectionFigures([true], [false]).f1, 0);
  });

  it("refuses lists that do not belong together", () => {
    assert.throws(() => detectionFigures([true], [true, false]), /1 predictions for 2 cases/);
    assert.throws(() => detectionFigures([], []), /0 predictions/);
  });
});

describe("classificationFigures", () => {
  it("is the accuracy, and the mean over the labels", () => {
    const { accuracy, precision, recall } = classificationFigures(
      ["a", "a", "b", "none"],
      ["a", "b", "b", "b"],
    );
    assert.equal(accuracy, 0.5);
    assert.equal(precision, (0.5 + 1) / 2);
    assert.ok(Math.abs(recall - (1 + 1 / 3) / 2) < 1e-12);
  });
});
