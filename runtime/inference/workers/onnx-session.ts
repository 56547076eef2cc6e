import { env, InferenceSession, Tensor as OnnxTensor } from "onnxruntime-node";
import { ApiError, errorMessage } from "../../errors.ts";
import { datatypes, type Tensor, type TensorData } from "../datatypes.ts";
import type { ExecutionProvider } from "../execution-providers.ts";
import type { TensorMetadata } from "../inference.ts";
import { neededOutputs, postprocess } from "../postprocessing/postprocess.ts";
import { createPreprocessor } from "../preprocessing/preprocess.ts";
import type { ActiveProvider, ModelContent, SessionSettings } from "./messages.ts";
import { checkSignature } from "./signature.ts";

// A library of a GPU that is missing is thrown as well, and need not be printed too.
env.logLevel = "fatal";
// Where there is one, ONNX Runtime's JavaScript takes it for FP16, whose elements its native part then does not find.
delete (globalThis as { Float16Array?: unknown }).Float16Array;

/** Elements of all outputs of one run; as JSON they take about ten bytes each. */
const maximumOutputElements = 8 * 1024 * 1024;

/** A model in this thread. Both calls block the thread while ONNX Runtime works. */
export interface OnnxSession {
  readonly active: ActiveProvider;
  /** Whether batches of the version are compared by the processor time of this thread, which then does all of a run. */
  readonly measuresProcessorTime: boolean;
  /** @throws ApiError `inference-failed`, `output-too-large` (500), `invalid-request` (400) of preprocessing */
  run(inputs: Tensor[], outputs: string[]): Promise<Tensor[]>;
  release(): Promise<void>;
}

/**
 * Ready when it has run the content's samples.
 * @throws ApiError `model-unavailable`, `model-signature-mismatch` (503)
 */
export async function createOnnxSession(
  content: ModelContent,
  settings: SessionSettings,
): Promise<OnnxSession> {
  const { session, active } = await load(content, settings);
  try {
    checkSignature(session, content);
    const measuresProcessorTime =
      content.isBatched && active.executionProvider === "cpu" && settings.threads === 1;
    const created = openSession(session, { active, measuresProcessorTime }, content);
    await warmUp(created, content);
    return created;
  } catch (error) {
    await session.release();
    throw error;
  }
}

function openSession(
  session: InferenceSession,
  known: Pick<OnnxSession, "active" | "measuresProcessorTime">,
  content: ModelContent,
): OnnxSession {
  const files = new Map(content.externalData.map(({ path, data }) => [path, data]));
  const preprocess = createPreprocessor(content.preprocessing, files);
  return {
    ...known,
    async run(inputs, outputs) {
      const feeds = preprocess(inputs).map((tensor) => [tensor.name, toOnnx(tensor)]);
      const needed = neededOutputs(outputs, content.postprocessing);
      const results = await session.run(Object.fromEntries(feeds), needed).catch((cause) => {
        throw new ApiError(`the model failed: ${errorMessage(cause)}`, {
          status: 500,
          code: "inference-failed",
          cause,
        });
      });
      return postprocess(fromOnnx(results, content.outputs, needed), outputs, content.postprocessing);
    },
    release: () => session.release(),
  };
}

async function warmUp(session: OnnxSession, content: ModelContent): Promise<void> {
  const outputs = content.outputs.map(({ name }) => name);
  for (const [index, { inputs, repetitions }] of content.warmUp.entries())
    for (let count = 0; count < repetitions; count += 1)
      await session.run(inputs, outputs).catch((cause) => {
        throw new ApiError(`warmUp[${index}] fails: ${errorMessage(cause)}`, {
          status: 503,
          code: "model-unavailable",
          cause,
        });
      });
}

/**
 * ONNX Runtime gives up at the first provider whose library is missing, also where others are named after it; so each
 * is tried by itself. Operators that a GPU's provider lacks run on the processor.
 */
async function load(content: ModelContent, settings: SessionSettings) {
  const refusals: string[] = [];
  let cause: unknown;
  for (const provider of settings.executionProviders) {
    try {
      const session = await createSession(content, provider, settings.threads);
      return { session, active: { executionProvider: provider.name, refusals } };
    } catch (error) {
      cause = error;
      refusals.push(`${provider.name}: ${errorMessage(error)}`);
    }
  }
  // A graph that is broken fails alike everywhere.
  const reason = refusals.length === 1 ? errorMessage(cause) : refusals.join("; ");
  throw new ApiError(`ONNX Runtime does not load the model: ${reason}`, {
    status: 503,
    code: "model-unavailable",
    cause,
  });
}

function createSession(
  { graph, externalData }: ModelContent,
  provider: ExecutionProvider,
  threads: number,
): Promise<InferenceSession> {
  return InferenceSession.create(graph, {
    executionProviders: [provider],
    ...(externalData.length === 0 ? {} : { externalData }),
    intraOpNumThreads: threads,
    interOpNumThreads: 1,
    // Threads that spin while they wait took six times the processor time.
    extra: { session: { intra_op: { allow_spinning: "0" }, inter_op: { allow_spinning: "0" } } },
    // Every error is thrown as well.
    logSeverityLevel: 4,
  });
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
