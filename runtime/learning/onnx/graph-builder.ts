import type { OnnxAttribute, OnnxGraph, OnnxNode, OnnxTensor } from "./encode-model.ts";

/** Collects nodes and constants of a graph and names what they compute. */
export class GraphBuilder {
  readonly nodes: OnnxNode[] = [];
  readonly initializers: OnnxTensor[] = [];
  readonly #names = new Set<string>();

  /** Takes over nodes that are computed before the ones to come. */
  append(part: Pick<OnnxGraph, "nodes" | "initializers">): void {
    this.nodes.push(...part.nodes);
    this.initializers.push(...(part.initializers ?? []));
    for (const node of part.nodes) for (const output of node.outputs) this.#names.add(output);
    for (const tensor of part.initializers ?? []) this.#names.add(tensor.name);
  }

  /** Adds a node with one output and returns the output's name, `scope/operator`. */
  node(
    scope: string,
    operator: string,
    inputs: string[],
    attributes?: Record<string, OnnxAttribute>,
  ): string {
    const [output = ""] = this.nodeWithOutputs(scope, operator, inputs, 1, attributes);
    return output;
  }

  nodeWithOutputs(
    scope: string,
    operator: string,
    inputs: string[],
    count: number,
    attributes?: Record<string, OnnxAttribute>,
  ): string[] {
    const outputs = Array.from({ length: count }, () => this.#unique(`${scope}/${operator}`));
    const name = outputs[0] ?? scope;
    this.nodes.push({ operator, name, inputs, outputs, ...(attributes && { attributes }) });
    return outputs;
  }

  constant(scope: string, name: string, shape: number[], data: OnnxTensor["data"] | number[]): string {
    const tensor: OnnxTensor = {
      name: this.#unique(`${scope}/${name}`),
      shape,
      data: Array.isArray(data) ? BigInt64Array.from(data, BigInt) : data,
    };
    this.initializers.push(tensor);
    return tensor.name;
  }

  /** Gives the value another name, such as the one that the graph's output must have. */
  rename(value: string, name: string): void {
    this.nodes.push({ operator: "Identity", name, inputs: [value], outputs: [name] });
  }

  #unique(wanted: string): string {
    let name = wanted;
    for (let count = 2; this.#names.has(name); count += 1) name = `${wanted}_${count}`;
    this.#names.add(name);
    return name;
  }
}
