import {
  type ErrorRequestHandler,
  type Request,
  type RequestHandler,
  type Response,
  Router,
  raw,
} from "express";
import { ApiError } from "../errors.ts";
import type { Inference, InferRequest } from "../inference/inference.ts";
import { parseJson } from "../inference/protocol/parse-json.ts";

export interface InferenceRouterOptions {
  inference: Inference;
  /** The server's, as `GET /v2` tells them. */
  name: string;
  version: string;
  /** Bytes of a request's body after decompression. Default 16 MiB; beyond it 413. */
  maximumRequestBytes?: number;
}

/** Paths of a model and of one version of it. */
const model = "/v2/models/:name";
const version = `${model}/versions/:version`;

/**
 * The Open Inference Protocol (V2) over HTTP: server and model metadata, health, infer with JSON tensors. And, of
 * our own, `GET /v2/models`: all models with their state.
 */
export function createInferenceRouter(options: InferenceRouterOptions): Router {
  const { inference, name, maximumRequestBytes = 16 * 1024 * 1024 } = options;
  const router = Router();
  // Clients such as tritonclient send no Content-Type.
  const readBody = raw({ type: () => true, limit: maximumRequestBytes });

  get("/v2", async () => ({ name, version: options.version, extensions: [] }));
  get("/v2/health/live", async () => ({ live: true }));
  get("/v2/health/ready", async () => {
    await inference.models();
    return { ready: true };
  });
  get("/v2/models", async () => ({ models: await inference.models() }));
  for (const path of [model, version]) {
    get(path, ({ params }) => inference.metadata(String(params.name), versionOf(params)));
    get(`${path}/ready`, async ({ params }) => {
      await inference.ready(String(params.name), versionOf(params));
      return { name: params.name, ready: true };
    });
    router.post(`${path}/infer`, readBody, infer);
    router.all(`${path}/infer`, methodNotAllowed("POST"));
  }
  router.use(translateTooLarge);
  return router;

  function get(path: string, answer: (request: Request) => Promise<object>): void {
    router.get(path, async (request, response) => {
      response.json(await answer(request));
    });
    router.all(path, methodNotAllowed("GET, HEAD"));
  }

  async function infer(request: Request, response: Response): Promise<void> {
    refuseBinary(request);
    const body = parseJson(Buffer.isBuffer(request.body) ? request.body : Buffer.alloc(0));
    const gone = new AbortController();
    response.once("close", () => {
      if (!response.writableFinished) gone.abort();
    });
    const { params } = request;
    // The engine checks all of it.
    const checked = body as InferRequest;
    response.json(await inference.infer(String(params.name), versionOf(params), checked, gone.signal));
  }
}

function versionOf(params: Request["params"]): string | undefined {
  return typeof params.version === "string" ? params.version : undefined;
}

function refuseBinary(request: Request): void {
  if (request.get("Inference-Header-Content-Length") === undefined) return;
  throw new ApiError(
    "binary tensors are not supported yet: send data as JSON (tritonclient: binary_data=False)",
    {
      status: 501,
      code: "binary-data-unsupported",
    },
  );
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
