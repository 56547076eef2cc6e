import { InferenceSession, Tensor as OnnxTensor } from "onnxruntime-node";
import { ApiError, errorMessage } from "../../errors.ts";
import { datatypes, type Tensor, type TensorData } from "../datatypes.ts";
import type { TensorMetadata } from "../inference.ts";
import { preprocess } from "../preprocessing/preprocess.ts";
import type { ModelContent, SessionSettings } from "./messages.ts";
import { checkSignature } from "./signature.ts";

/** Elements of all outputs of one run; as JSON they take about ten bytes each. */
const maximumOutputElements = 8 * 1024 * 1024;

/** A model in this thread. Both calls block the thread while ONNX Runtime works. */
export interface OnnxSession {
  /** @throws ApiError `inference-failed`, `output-too-large` (500) */
  run(inputs: Tensor[], outputs: string[]): Promise<Tensor[]>;
  release(): Promise<void>;
}

/** @throws ApiError `model-unavailable`, `model-signature-mismatch` (503) */
export async function createOnnxSession(
  content: ModelContent,
  settings: SessionSettings,
): Promise<OnnxSession> {
  const session = await load(content, settings);
  try {
    checkSignature(session, content);
  } catch (error) {
    await session.release();
    throw error;
  }
  return {
    async run(inputs, outputs) {
      const feeds = preprocess(inputs, content.preprocessing).map((tensor) => [tensor.name, toOnnx(tensor)]);
      const results = await session.run(Object.fromEntries(feeds), outputs).catch((cause) => {
        throw new ApiError(`the model failed: ${errorMessage(cause)}`, {
          status: 500,
          code: "inference-failed",
          cause,
        });
      });
      return fromOnnx(results, content.outputs, outputs);
    },
    release: () => session.release(),
  };
}

async function load({ graph, externalData }: ModelContent, { threads }: SessionSettings) {
  try {
    return await InferenceSession.create(graph, {
      ...(externalData.length === 0 ? {} : { externalData }),
      intraOpNumThreads: threads,
      interOpNumThreads: 1,
      // Threads that spin while they wait took six times the processor time.
      extra: { session: { intra_op: { allow_spinning: "0" }, inter_op: { allow_spinning: "0" } } },
      // Every error is thrown as well.
      logSeverityLevel: 4,
    });
  } catch (cause) {
    throw new ApiError(`ONNX Runtime does not load the model: ${errorMessage(cause)}`, {
      status: 503,
      code: "model-unavailable",
      cause,
    });
  }
}

function toOnnx({ datatype, data, shape }: Tensor): OnnxTensor {
  return new OnnxTensor(datatypes[datatype].onnxType as "float32", data as Float32Array, shape);
}

function fromOnnx(
  results: InferenceSession.ReturnType,
  metadata: TensorMetadata[],
  names: string[],
): Tensor[] {
  let elements = 0;
  return names.map((name) => {
    const result = results[name] as OnnxTensor | undefined;
    const datatype = metadata.find((tensor) => tensor.name === name)?.datatype;
    if (result === undefined || datatype === undefined)
      throw new ApiError(`the model made no output ${name}`, { status: 500, code: "inference-failed" });
    elements += result.size;
    if (elements > maximumOutputElements)
      throw new ApiError(
        `the outputs have more than ${maximumOutputElements} elements: send a smaller batch`,
        {
          status: 500,
          code: "output-too-large",
        },
      );
    return { name, datatype, shape: [...result.dims], data: result.data as TensorData };
  });
}
