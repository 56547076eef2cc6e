import { type ErrorRequestHandler, type Request, type RequestHandler, Router, raw } from "express";
import { ApiError } from "../errors.ts";
import type { Inference } from "../inference/inference.ts";
import { createInferHandler } from "./inference/infer.ts";
import { addRepositoryRoutes } from "./inference/repository.ts";
import { addUnsupportedRoutes } from "./inference/unsupported.ts";

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

  get("/v2", async () => ({ name, version: options.version, extensions }));
  get("/v2/health/live", async () => ({ live: true }));
  get("/v2/health/ready", async () => {
    await inference.models();
    return { ready: true };
  });
  get("/v2/models", async () => ({ models: await inference.models() }));
  get("/v2/models/stats", async () => ({ model_stats: await inference.statistics() }));
  for (const path of [model, version]) {
    get(path, ({ params }) => inference.metadata(String(params.name), versionOf(params)));
    get(`${path}/ready`, async ({ params }) => {
      await inference.ready(String(params.name), versionOf(params));
      return { name: params.name, ready: true };
    });
    get(`${path}/config`, ({ params }) => inference.configuration(String(params.name), versionOf(params)));
    get(`${path}/stats`, async ({ params }) => ({
      model_stats: await inference.statistics(String(params.name), versionOf(params)),
    }));
    post(`${path}/infer`, ({ params }, response, body) =>
      infer({ name: String(params.name), version: versionOf(params), body }, response),
    );
  }
  addRepositoryRoutes(post, inference);
  addUnsupportedRoutes(router);
  router.use(translateTooLarge);
  return router;

  function get(path: string, answer: (request: Request) => Promise<object>): void {
    router.get(path, async (request, response) => {
      response.json(await answer(request));
    });
    router.all(path, methodNotAllowed("GET, HEAD"));
  }

  function post(path: string, answer: PostHandler): void {
    router.post(path, readBody, (request, response) =>
      // Express leaves the body undefined where there is none.
      answer(request, response, Buffer.isBuffer(request.body) ? request.body : Buffer.alloc(0)),
    );
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
