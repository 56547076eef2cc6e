export interface OnnxArray {
  shape: number[];
  data: Float32Array;
}

export interface OnnxRunner {
  /** All outputs by name. */
  run(inputs: Record<string, OnnxArray>): Promise<Record<string, OnnxArray>>;
  release(): Promise<void>;
}

/**
 * Loads a model into this thread, for evaluation and tests: serving is done by the inference engine, since a run
 * blocks its thread. FP32 inputs and outputs only.
 */
export async function loadOnnx(model: Uint8Array): Promise<OnnxRunner> {
  // Loaded where it is used: whoever only reads a workflow file does without the native library.
  const ort = await import("onnxruntime-node");
  const session = await ort.InferenceSession.create(model, { intraOpNumThreads: 1 });
  return {
    run: async (inputs) => {
      const feeds = Object.entries(inputs).map(([name, { shape, data }]) => [
        name,
        new ort.Tensor("float32", data, shape),
      ]);
      const results = await session.run(Object.fromEntries(feeds));
      return Object.fromEntries(
        Object.entries(results).map(([name, tensor]) => [
          name,
          { shape: [...tensor.dims], data: Float32Array.from(tensor.data as Float32Array) },
        ]),
      );
    },
    release: () => session.release(),
  };
}
