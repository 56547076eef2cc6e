/** Mean loss of a batch, and its gradient by the outputs. */
export interface LossOfBatch {
  /** Summed over the rows. */
  sum: number;
  /** Of the mean over the rows, [rows, outputs]. */
  gradient: Float64Array;
}

/** How far outputs are from targets. @param targets a class's number or a value for each row */
export type Loss = (outputs: Float64Array, targets: Float64Array, rows: number) => LossOfBatch;

/** Cross entropy after softmax: −ln of the probability of the right class. */
export const crossEntropy: Loss = (outputs, targets, rows) => {
  const gradient = softmax(outputs, rows);
  const classes = outputs.length / rows;
  let sum = 0;
  for (let row = 0; row < rows; row += 1) {
    const at = row * classes + (targets[row] as number);
    // A probability that underflows to 0 would make the loss infinite.
    sum -= Math.log(Math.max(gradient[at] as number, Number.MIN_VALUE));
    gradient[at] = (gradient[at] as number) - 1;
  }
  for (let at = 0; at < gradient.length; at += 1) gradient[at] = (gradient[at] as number) / rows;
  return { sum, gradient };
};

/** Half the squared error. */
export const squaredError: Loss = (outputs, targets, rows) => {
  const gradient = new Float64Array(rows);
  let sum = 0;
  for (let row = 0; row < rows; row += 1) {
    const error = (outputs[row] as number) - (targets[row] as number);
    sum += (error * error) / 2;
    gradient[row] = error / rows;
  }
  return { sum, gradient };
};

function softmax(outputs: Float64Array, rows: number): Float64Array {
  const classes = outputs.length / rows;
  const result = new Float64Array(outputs.length);
  for (let row = 0; row < rows; row += 1) {
    const from = row * classes;
    let most = -Infinity;
    for (let at = from; at < from + classes; at += 1) most = Math.max(most, outputs[at] as number);
    let sum = 0;
    for (let at = from; at < from + classes; at += 1) {
      result[at] = Math.exp((outputs[at] as number) - most);
      sum += result[at] as number;
    }
    for (let at = from; at < from + classes; at += 1) result[at] = (result[at] as number) / sum;
  }
  return result;
}
