import type { OnnxAttribute } from "./encode-model.ts";
import type { GraphBuilder } from "./graph-builder.ts";

interface Activation {
  /** Operator, and name inside recurrent operators. */
  operator: string;
  attributes?: Record<string, OnnxAttribute>;
  /** Whether ONNX's LSTM and GRU know it, with their alpha and beta. */
  recurrent?: { alpha: number; beta: number };
}

/** tfjs names on the left. Keras defines hardSigmoid as clip(0.2 x + 0.5, 0, 1). */
const activations: Record<string, Activation> = {
  relu: { operator: "Relu", recurrent: { alpha: 0, beta: 0 } },
  sigmoid: { operator: "Sigmoid", recurrent: { alpha: 0, beta: 0 } },
  tanh: { operator: "Tanh", recurrent: { alpha: 0, beta: 0 } },
  hardSigmoid: {
    operator: "HardSigmoid",
    attributes: { alpha: { float: 0.2 }, beta: { float: 0.5 } },
    recurrent: { alpha: 0.2, beta: 0.5 },
  },
  elu: { operator: "Elu", attributes: { alpha: { float: 1 } } },
  selu: { operator: "Selu" },
  softplus: { operator: "Softplus" },
  softsign: { operator: "Softsign" },
  softmax: { operator: "Softmax", attributes: { axis: -1 } },
};

/** tfjs reports names in snake case (hard_sigmoid) in a layer's configuration. */
function find(name: string): Activation | undefined {
  return activations[name.replace(/_(\w)/g, (_, letter: string) => letter.toUpperCase())];
}

export function addActivation(
  builder: GraphBuilder,
  scope: string,
  name: string,
  value: string,
  report: (message: string) => void,
): string {
  if (name === "linear") return value;
  const activation = find(name);
  if (activation) return builder.node(scope, activation.operator, [value], activation.attributes);
  report(
    `the activation ${name} cannot be exported; supported are linear, ${Object.keys(activations).join(", ")}`,
  );
  return value;
}

/** The attributes that give ONNX's LSTM or GRU these activations, in its order. */
export function recurrentActivations(names: string[], report: (message: string) => void) {
  const found = names.map((name) => {
    const activation = find(name);
    if (activation?.recurrent) return { operator: activation.operator, ...activation.recurrent };
    report(
      `the activation ${name} cannot be exported within a recurrent layer; supported are relu, sigmoid, tanh, hardSigmoid`,
    );
    return { operator: "Tanh", alpha: 0, beta: 0 };
  });
  return {
    activations: found.map(({ operator }) => operator),
    activation_alpha: { floats: found.map(({ alpha }) => alpha) },
    activation_beta: { floats: found.map(({ beta }) => beta) },
  };
}
