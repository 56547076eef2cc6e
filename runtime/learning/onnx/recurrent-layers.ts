import { recurrentActivations } from "./activations.ts";
import type { LayerCall } from "./layer-converters.ts";

/** Order of the gates: tfjs input, forget, cell, output; ONNX input, output, forget, cell. */
export function convertLstm(call: LayerCall): string {
  const { config, report } = call;
  const gate = String(config.recurrentActivation);
  const activation = String(config.activation);
  return convertRecurrent(
    call,
    "LSTM",
    [0, 3, 1, 2],
    recurrentActivations([gate, activation, activation], report),
  );
}

/**
 * Order of the gates in both: update, reset, hidden. tfjs multiplies by the reset gate before the recurrent kernel,
 * which ONNX calls linear_before_reset 0.
 */
export function convertGru(call: LayerCall): string {
  const { config, report } = call;
  if (config.resetAfter === true) report("resetAfter cannot be exported");
  const names = [String(config.recurrentActivation), String(config.activation)];
  return convertRecurrent(call, "GRU", [0, 1, 2], {
    ...recurrentActivations(names, report),
    linear_before_reset: 0,
  });
}

type Attributes = NonNullable<Parameters<LayerCall["builder"]["node"]>[3]>;

/** ONNX wants [time, batch, feature] and kernels as [direction, gates x units, inputs]. */
function convertRecurrent(
  call: LayerCall,
  operator: "LSTM" | "GRU",
  order: number[],
  attributes: Attributes,
) {
  const { scope, config, weights, builder } = call;
  reportUnsupported(call);
  const [kernel, recurrent, bias] = weights;
  if (!kernel || !recurrent) throw new Error(`the recurrent layer ${scope} has no weights`);
  const units = recurrent.shape[0] ?? 0;
  const gates = order.length;
  const turned = (name: string, weight: { shape: number[]; data: Float32Array }) =>
    builder.constant(scope, name, [1, gates * units, weight.shape[0] ?? 0], turnKernel(weight, units, order));
  // The second half are the recurrent biases, which tfjs has not.
  const biases = new Float32Array(2 * gates * units);
  if (bias)
    biases.set(order.flatMap((gate) => Array.from(bias.data.subarray(gate * units, (gate + 1) * units))));
  const inputs = [
    builder.node(scope, "Transpose", [call.inputs[0] ?? ""], { perm: [1, 0, 2] }),
    turned("kernel", kernel),
    turned("recurrent", recurrent),
    builder.constant(scope, "bias", [1, 2 * gates * units], biases),
  ];
  const [all = "", last = ""] = builder.nodeWithOutputs(scope, operator, inputs, 2, {
    hidden_size: units,
    direction: config.goBackwards === true ? "reverse" : "forward",
    ...attributes,
  });
  if (config.returnSequences !== true)
    return builder.node(scope, "Squeeze", [last, builder.constant(scope, "direction", [1], [0])]);
  const sequence = builder.node(scope, "Squeeze", [all, builder.constant(scope, "direction", [1], [1])]);
  return builder.node(scope, "Transpose", [sequence], { perm: [1, 0, 2] });
}

function reportUnsupported({ config, report }: LayerCall): void {
  if (config.stateful === true) report("stateful cannot be exported: ONNX keeps no state between two calls");
  if (config.returnState === true) report("returnState cannot be exported");
  if (config.goBackwards === true && config.returnSequences === true)
    report("goBackwards together with returnSequences cannot be exported");
}

/** From [inputs, gates x units] in tfjs's order to [gates x units, inputs] in ONNX's. */
function turnKernel(
  { shape, data }: { shape: number[]; data: Float32Array },
  units: number,
  order: number[],
) {
  const [inputs = 0, width = 0] = shape;
  const turned = new Float32Array(data.length);
  order.forEach((gate, position) => {
    for (let unit = 0; unit < units; unit += 1)
      for (let input = 0; input < inputs; input += 1)
        turned[(position * units + unit) * inputs + input] = data[input * width + gate * units + unit] ?? 0;
  });
  return turned;
}
