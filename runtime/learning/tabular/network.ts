/** A fully connected layer: y = x W + b. */
export interface Layer {
  inputs: number;
  outputs: number;
  /** [inputs, outputs] in row-major order. */
  weights: Float64Array;
  biases: Float64Array;
}

/**
 * Layers of these sizes, each input wide first; with ReLU between them. Without a layer in the middle it is a linear model.
 * Weights are drawn as He et al. (2015) say for ReLU: normal, with variance 2 / inputs.
 */
export function createLayers(sizes: readonly number[], random: () => number): Layer[] {
  return sizes.slice(1).map((outputs, index) => {
    const inputs = sizes[index] as number;
    const scale = Math.sqrt(2 / inputs);
    const weights = Float64Array.from({ length: inputs * outputs }, () => scale * normal(random));
    return { inputs, outputs, weights, biases: new Float64Array(outputs) };
  });
}

/** Box and Muller. */
function normal(random: () => number): number {
  return Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
}

/**
 * What each layer gives for a batch, the input first: hidden ones after ReLU, the last as it is.
 * @param input [rows, inputs] in row-major order
 */
export function forward(layers: readonly Layer[], input: Float64Array, rows: number): Float64Array[] {
  const values = [input];
  for (const [index, layer] of layers.entries()) {
    const before = values[index] as Float64Array;
    const after = multiply(layer, before, rows);
    if (index < layers.length - 1)
      for (let at = 0; at < after.length; at += 1) if ((after[at] as number) < 0) after[at] = 0;
    values.push(after);
  }
  return values;
}

function multiply(
  { inputs, outputs, weights, biases }: Layer,
  input: Float64Array,
  rows: number,
): Float64Array {
  const result = new Float64Array(rows * outputs);
  for (let row = 0; row < rows; row += 1) {
    const at = row * outputs;
    for (let output = 0; output < outputs; output += 1) result[at + output] = biases[output] as number;
    for (let index = 0; index < inputs; index += 1) {
      const value = input[row * inputs + index] as number;
      if (value === 0) continue;
      const from = index * outputs;
      for (let output = 0; output < outputs; output += 1)
        result[at + output] = (result[at + output] as number) + value * (weights[from + output] as number);
    }
  }
  return result;
}

/**
 * Gradients of each layer, in the form of a layer.
 * @param values what `forward` gave
 * @param gradient of the loss by the last layer's outputs, [rows, outputs]
 */
export function backward(
  layers: readonly Layer[],
  values: readonly Float64Array[],
  gradient: Float64Array,
  rows: number,
): Layer[] {
  const gradients: Layer[] = [];
  let outer = gradient;
  for (let index = layers.length - 1; index >= 0; index -= 1) {
    const layer = layers[index] as Layer;
    const input = values[index] as Float64Array;
    gradients.unshift(layerGradient(layer, input, outer, rows));
    if (index > 0) outer = inputGradient(layer, input, outer, rows);
  }
  return gradients;
}

function layerGradient(
  { inputs, outputs }: Layer,
  input: Float64Array,
  outer: Float64Array,
  rows: number,
): Layer {
  const weights = new Float64Array(inputs * outputs);
  const biases = new Float64Array(outputs);
  for (let row = 0; row < rows; row += 1)
    for (let output = 0; output < outputs; output += 1) {
      const value = outer[row * outputs + output] as number;
      biases[output] = (biases[output] as number) + value;
      for (let index = 0; index < inputs; index += 1) {
        const at = index * outputs + output;
        weights[at] = (weights[at] as number) + value * (input[row * inputs + index] as number);
      }
    }
  return { inputs, outputs, weights, biases };
}

/** Back through the layer and the ReLU before it, which let nothing through where it gave 0. */
function inputGradient(
  { inputs, outputs, weights }: Layer,
  input: Float64Array,
  outer: Float64Array,
  rows: number,
) {
  const result = new Float64Array(rows * inputs);
  for (let row = 0; row < rows; row += 1)
    for (let index = 0; index < inputs; index += 1) {
      if ((input[row * inputs + index] as number) <= 0) continue;
      let sum = 0;
      for (let output = 0; output < outputs; output += 1)
        sum += (outer[row * outputs + output] as number) * (weights[index * outputs + output] as number);
      result[row * inputs + index] = sum;
    }
  return result;
}
