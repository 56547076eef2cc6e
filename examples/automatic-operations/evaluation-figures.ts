/** How well predictions fit the truth; all between 0 and 1. */
export interface DetectionFigures {
  precision: number;
  recall: number;
  f1: number;
  accuracy: number;
}

/** Figures of a yes-or-no question; a ratio without cases (nothing predicted, nothing there) counts as 0. */
export function detectionFigures(
  predicted: readonly boolean[],
  actual: readonly boolean[],
): DetectionFigures {
  if (predicted.length !== actual.length || actual.length === 0)
    throw new RangeError(`${predicted.length} predictions for ${actual.length} cases`);
  let [found, falseAlarms, missed] = [0, 0, 0];
  actual.forEach((truth, index) => {
    if (truth && predicted[index]) found += 1;
    else if (predicted[index]) falseAlarms += 1;
    else if (truth) missed += 1;
  });
  const precision = ratio(found, found + falseAlarms);
  const recall = ratio(found, found + missed);
  return {
    precision,
    recall,
    f1: ratio(2 * precision * recall, precision + recall),
    accuracy: 1 - (falseAlarms + missed) / actual.length,
  };
}

export interface ClassificationFigures {
  accuracy: number;
  /** Means over the labels that occur in the truth, each label counted alike. */
  precision: number;
  recall: number;
  f1: number;
}

export function classificationFigures(
  predicted: readonly string[],
  actual: readonly string[],
): ClassificationFigures {
  const labels = [...new Set(actual)];
  const each = labels.map((label) =>
    detectionFigures(
      predicted.map((value) => value === label),
      actual.map((value) => value === label),
    ),
  );
  const mean = (of: (figures: DetectionFigures) => number) =>
    each.reduce((sum, figures) => sum + of(figures), 0) / labels.length;
  return {
    accuracy: actual.filter((label, index) => label === predicted[index]).length / actual.length,
    precision: mean((figures) => figures.precision),
    recall: mean((figures) => figures.recall),
    f1: mean((figures) => figures.f1),
  };
}

function ratio(part: number, whole: number): number {
  return whole === 0 ? 0 : part / whole;
}
