/** The slice of a TensorFlow.js LayersModel that the export reads; tfjs itself is not imported here. */
export interface LayersModelSource {
  inputs: SymbolicTensorSource[];
  outputs: SymbolicTensorSource[];
}

/** A value between two layers: output `tensorIndex` of the `nodeIndex`-th call of `sourceLayer`. */
export interface SymbolicTensorSource {
  shape: (number | null)[];
  sourceLayer: LayerSource;
  nodeIndex?: number;
  tensorIndex?: number;
}

export interface LayerSource {
  name: string;
  getClassName(): string;
  getConfig(): Record<string, unknown>;
  getWeights(): WeightSource[];
  inboundNodes: { inputTensors: SymbolicTensorSource[] }[];
}

export interface WeightSource {
  shape: number[];
  dataSync(): Float32Array | Int32Array | Uint8Array;
}
