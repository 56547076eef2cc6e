import type { Layer } from "./network.ts";

export interface OptimiserSettings {
  name: "adam" | "sgd";
  /** Step size. */
  rate: number;
  /** sgd: share of the last step that goes on. */
  momentum: number;
  /** Added to each weight's gradient, times the weight; biases are left alone. */
  weightDecay: number;
}

/** Changes the layers a little against their gradients. */
export type Optimiser = (gradients: readonly Layer[]) => void;

export function createOptimiser(layers: readonly Layer[], settings: OptimiserSettings): Optimiser {
  const updates = layers.map((layer) => ({
    weights: settings.name === "adam" ? adam(layer.weights, settings) : sgd(layer.weights, settings),
    biases:
      settings.name === "adam"
        ? adam(layer.biases, { ...settings, weightDecay: 0 })
        : sgd(layer.biases, { ...settings, weightDecay: 0 }),
  }));
  return (gradients) => {
    for (const [index, { weights, biases }] of gradients.entries()) {
      updates[index]?.weights(weights);
      updates[index]?.biases(biases);
    }
  };
}

function sgd(values: Float64Array, { rate, momentum, weightDecay }: OptimiserSettings) {
  const velocity = new Float64Array(values.length);
  return (gradient: Float64Array) => {
    for (let at = 0; at < values.length; at += 1) {
      const value = values[at] as number;
      const step = (gradient[at] as number) + weightDecay * value;
      velocity[at] = momentum * (velocity[at] as number) - rate * step;
      values[at] = value + (velocity[at] as number);
    }
  };
}

/** Kingma and Ba (2015), with their β1 = 0.9, β2 = 0.999, ε = 1e-8. */
function adam(values: Float64Array, { rate, weightDecay }: OptimiserSettings) {
  const [beta1, beta2, epsilon] = [0.9, 0.999, 1e-8];
  const first = new Float64Array(values.length);
  const second = new Float64Array(values.length);
  let steps = 0;
  return (gradient: Float64Array) => {
    steps += 1;
    const [correction1, correction2] = [1 - beta1 ** steps, 1 - beta2 ** steps];
    for (let at = 0; at < values.length; at += 1) {
      const value = values[at] as number;
      const step = (gradient[at] as number) + weightDecay * value;
      first[at] = beta1 * (first[at] as number) + (1 - beta1) * step;
      second[at] = beta2 * (second[at] as number) + (1 - beta2) * step * step;
      const size =
        (first[at] as number) / correction1 / (Math.sqrt((second[at] as number) / correction2) + epsilon);
      values[at] = value - rate * size;
    }
  };
}
