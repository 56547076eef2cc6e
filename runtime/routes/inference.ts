import { type ErrorRequestHandler, type Request, type RequestHandler, Router, raw } from "express";
import { ApiError } from "../errors.ts";
import type { Inference } from "../inference/inference.ts";
import {
  inferAnswer,
  inferRequest,
  liveAnswer,
  modelConfigurationAnswer,
  modelMetadataAnswer,
  modelsAnswer,
  readyAnswer,
  serverAnswer,
  statisticsAnswer,
} from "./answers/inference-answer.ts";
import { createInferHandler } from "./inference/infer.ts";
import { addRepositoryRoutes } from "./inference/repository.ts";
import { addUnsupportedRoutes } from "./inference/unsupported.ts";
import { described, type Operation } from "./openapi/operation.ts";

export interface InferenceRouterOptions {
  inference: Inference;
  /** The server's, as `GET /v2` tells them. */
  name: string;
  version: string;
  /** Bytes of a request's body after decompression. Default 16 MiB; beyond it 413. */
  maximumRequestBytes?: number;
}

/** Extensions of the protocol, under the names that Triton gives them. */
const extensions = [
  "binary_tensor_data",
  "classification",
  "model_configuration",
  "model_repository",
  "schedule_policy",
  "statistics",
];

const operations = {
  server: {
    summary: "the server and the extensions of the protocol that it has",
    answers: { 200: serverAnswer },
  },
  live: { summary: "whether the server answers", answers: { 200: liveAnswer } },
  serverReady: { summary: "whether the server can serve models", answers: { 200: readyAnswer } },
  models: { summary: "all models with their state", answers: { 200: modelsAnswer } },
  metadata: { summary: "a model's inputs and outputs", answers: { 200: modelMetadataAnswer } },
  ready: { summary: "whether a model serves", answers: { 200: readyAnswer } },
  configuration: { summary: "a model's configuration", answers: { 200: modelConfigurationAnswer } },
  statistics: { summary: "what models did since the start", answers: { 200: statisticsAnswer } },
  infer: {
    summary: "ask a model; tensors as JSON or in binary form after it",
    body: inferRequest,
    answers: { 200: inferAnswer },
  },
} satisfies Record<string, Operation>;

/** Paths of a model and of one version of it. */
const model = "/v2/models/:name";
const version = `${model}/versions/:version`;

/**
 * The Open Inference Protocol (V2) over HTTP: server and model metadata, health, infer, and the extensions above. And,
 * of our own, `GET /v2/models`: all models with their state.
 */
export function createInferenceRouter(options: InferenceRouterOptions): Router {
  const { inference, name, maximumRequestBytes = 16 * 1024 * 1024 } = options;
  const router = Router();
  // Clients such as tritonclient send no Content-Type. Decompresses, and stops at the limit.
  const readBody = raw({ type: () => true, limit: maximumRequestBytes });
  const infer = createInferHandler(inference);

  get("/v2", operations.server, async () => ({ name, version: options.version, extensions }));
  get("/v2/health/live", operations.live, async () => ({ live: true }));
  get("/v2/health/ready", operations.serverReady, async () => {
    await inference.models();
    return { ready: true };
  });
  get("/v2/models", operations.models, async () => ({ models: await inference.models() }));
  get("/v2/models/stats", operations.statistics, async () => ({ model_stats: await inference.statistics() }));
  for (const path of [model, version]) {
    get(path, operations.metadata, ({ params }) =>
      inference.metadata(String(params.name), versionOf(params)),
    );
    get(`${path}/ready`, operations.ready, async ({ params }) => {
      await inference.ready(String(params.name), versionOf(params));
      return { name: params.name, ready: true };
    });
    get(`${path}/config`, operations.configuration, ({ params }) =>
      inference.configuration(String(params.name), versionOf(params)),
    );
    get(`${path}/stats`, operations.statistics, async ({ params }) => ({
      model_stats: await inference.statistics(String(params.name), versionOf(params)),
    }));
    post(`${path}/infer`, operations.infer, ({ params }, response, body) =>
      infer({ name: String(params.name), version: versionOf(params), body }, response),
    );
  }
  addRepositoryRoutes(post, inference);
  addUnsupportedRoutes(router);
  router.use(translateTooLarge);
  return router;

  function get(path: string, operation: Operation, answer: (request: Request) => Promise<object>): void {
    const handler: RequestHandler = async (request, response) => {
      response.json(await answer(request));
    };
    router.get(path, described(operation, handler));
    router.all(path, methodNotAllowed("GET, HEAD"));
  }

  function post(path: string, operation: Operation, answer: PostHandler): void {
    const handler: RequestHandler = (request, response) =>
      // Express leaves the body undefined where there is none.
      answer(request, response, Buffer.isBuffer(request.body) ? request.body : Buffer.alloc(0));
    router.post(path, readBody, described(operation, handler));
    router.all(path, methodNotAllowed("POST"));
  }
}

/** Answers a request whose body was read and decompressed; empty where there was none. */
export type PostHandler = (
  request: Request,
  response: Parameters<RequestHandler>[1],
  body: Uint8Array,
) => Promise<void>;

function versionOf(params: Request["params"]): string | undefined {
  return typeof params.version === "string" ? params.version : undefined;
}

function methodNotAllowed(allowed: string): RequestHandler {
  return (request, response) => {
    response.setHeader("Allow", allowed);
    throw new ApiError(`${request.method} is not allowed here, only ${allowed}`, {
      status: 405,
      code: "method-not-allowed",
    });
  };
}

const translateTooLarge: ErrorRequestHandler = (error, _request, _response, next) => {
  if (error?.type !== "entity.too.large") return next(error);
  next(
    new ApiError(`the request is too large: the limit is ${error.limit} bytes; send a smaller batch`, {
      status: 413,
      code: "request-too-large",
      cause: error,
    }),
  );
};
