import { z } from "zod";
import { ApiError, invalidInput } from "../../errors.ts";
import type { Inference } from "../../inference/inference.ts";
import { parseJson } from "../../inference/protocol/parse-json.ts";
import { asObject, describeValue, type JsonObject } from "../../inference/protocol/values.ts";
import { repositoryIndexAnswer } from "../answers/inference-answer.ts";
import type { PostHandler } from "../inference.ts";
import type { Operation } from "../openapi/operation.ts";

const index: Operation = {
  summary: "all models of the repository",
  body: z.object({ ready: z.boolean().optional() }),
  answers: { 200: repositoryIndexAnswer },
};
const load: Operation = {
  summary: "load a model as it is in the repository",
  body: z.object({ parameters: z.record(z.string(), z.unknown()).optional() }),
  answers: { 200: "empty" },
};
const unload: Operation = {
  summary: "free a model's memory",
  body: z.object({
    parameters: z.looseObject({ unload_dependents: z.boolean().optional() }).optional(),
  }),
  answers: { 200: "empty" },
};

/** The model repository extension: the index of all models, and their loading and unloading. */
export function addRepositoryRoutes(
  post: (path: string, operation: Operation, answer: PostHandler) => void,
  inference: Pick<Inference, "models" | "load" | "unload">,
): void {
  post("/v2/repository/index", index, async (_request, response, body) => {
    const { ready = false } = readObject(body);
    if (typeof ready !== "boolean")
      throw wrong("ready", `must be true or false, not ${describeValue(ready)}`);
    const models = await inference.models({ load: false });
    response.json(
      models
        .filter(({ state }) => !ready || state === "READY")
        .map(({ name, version, state, reason }) => ({ name, version, state, reason })),
    );
  });
  post("/v2/repository/models/:name/load", load, async (request, response, body) => {
    refuseOverrides(parametersOf(body));
    await inference.load(String(request.params.name));
    response.end();
  });
  post("/v2/repository/models/:name/unload", unload, async (request, response, body) => {
    const { unload_dependents: unloadDependents = false } = parametersOf(body);
    if (typeof unloadDependents !== "boolean")
      throw wrong(
        "parameters.unload_dependents",
        `must be true or false, not ${describeValue(unloadDependents)}`,
      );
    await inference.unload(String(request.params.name), { unloadDependents });
    response.end();
  });
}

/** An empty body is an empty object: tritonclient sends none to ask for the index. */
function readObject(body: Uint8Array): JsonObject {
  if (body.length === 0) return {};
  const value = parseJson(body);
  const object = asObject(value);
  if (object === undefined) throw wrong("", `must be an object, not ${describeValue(value)}`);
  return object;
}

function parametersOf(body: Uint8Array): JsonObject {
  const { parameters = {} } = readObject(body);
  const object = asObject(parameters);
  if (object === undefined) throw wrong("parameters", `must be an object, not ${describeValue(parameters)}`);
  return object;
}

function refuseOverrides(parameters: JsonObject): void {
  const name = Object.keys(parameters).find((key) => key === "config" || key.startsWith("file:"));
  if (name === undefined) return;
  throw new ApiError(
    `parameter ${describeValue(name)} is not supported: a model is loaded as it is in the repository; publish a new version instead`,
    { status: 501, code: "unsupported-parameter", isRetryable: false },
  );
}

function wrong(path: string, message: string): ApiError {
  return invalidInput("invalid-request", [{ path, message }], "request");
}
