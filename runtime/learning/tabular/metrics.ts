/** By what a model is judged; whether more of it is better. */
export const metricDirections = {
  accuracy: "higher",
  logLoss: "lower",
  rmse: "lower",
  meanAbsoluteError: "lower",
  r2: "higher",
} as const;

export type MetricName = keyof typeof metricDirections;

/**
 * accuracy: share of rows whose most probable class is the right one; logLoss: mean of −ln of the probability of the right
 * class (at least 1e-7, what FP32 can tell from 0).
 * @param probabilities [rows, classes] @param targets the class's number of each row; −1: a class that the model lacks
 */
export function classificationMetrics(probabilities: ArrayLike<number>, targets: ArrayLike<number>) {
  const rows = targets.length;
  const classes = probabilities.length / rows;
  let [right, loss] = [0, 0];
  for (let row = 0; row < rows; row += 1) {
    const target = targets[row] as number;
    let best = 0;
    for (let each = 1; each < classes; each += 1)
      if ((probabilities[row * classes + each] as number) > (probabilities[row * classes + best] as number))
        best = each;
    if (best === target) right += 1;
    const probability = target < 0 ? 0 : (probabilities[row * classes + target] as number);
    loss -= Math.log(Math.max(probability, 1e-7));
  }
  return { accuracy: right / rows, logLoss: loss / rows };
}

/** In units of the target; r2: 1 − squared error / variance of the targets, 0 where they do not vary. */
export function regressionMetrics(predictions: ArrayLike<number>, targets: ArrayLike<number>) {
  const rows = targets.length;
  let [squares, absolutes, sum] = [0, 0, 0];
  for (let row = 0; row < rows; row += 1) {
    const error = (predictions[row] as number) - (targets[row] as number);
    squares += error * error;
    absolutes += Math.abs(error);
    sum += targets[row] as number;
  }
  let variation = 0;
  for (let row = 0; row < rows; row += 1) variation += ((targets[row] as number) - sum / rows) ** 2;
  return {
    rmse: Math.sqrt(squares / rows),
    meanAbsoluteError: absolutes / rows,
    r2: variation === 0 ? 0 : 1 - squares / variation,
  };
}
