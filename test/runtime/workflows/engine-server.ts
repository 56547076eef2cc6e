import { once } from "node:events";
import type { AddressInfo } from "node:net";
import express, { type ErrorRequestHandler } from "express";
import type { ContainerRunner } from "../../../runtime/containers/container-runner.ts";
import { ApiError } from "../../../runtime/errors.ts";
import type { Inference } from "../../../runtime/inference/inference.ts";
import type { Mailer } from "../../../runtime/mail/mailer.ts";
import { createLocalObjectStore } from "../../../runtime/object-store/local.ts";
import { createOutbound } from "../../../runtime/outbound/create-outbound.ts";
import { createPoolsRouter } from "../../../runtime/routes/pools.ts";
import { createRunsRouter } from "../../../runtime/routes/runs.ts";
import { createWorkflowsRouter } from "../../../runtime/routes/workflows.ts";
import type { SecretStore } from "../../../runtime/secrets/secret-store.ts";
import { parseDeclaredPools } from "../../../runtime/workflows/admission/declared-pools.ts";
import { createWorkflowEngine } from "../../../runtime/workflows/engine.ts";
import type { WorkflowLogger } from "../../../runtime/workflows/task-type.ts";
import type { WorkflowEngine } from "../../../runtime/workflows/workflow-engine.ts";
import { checkedAnswers } from "../routes/checked-answers.ts";

export interface EngineSettings {
  bucket: string;
  restateIngress: string;
  restateAdmin: string;
  workflowPort: number;
  workflowUrl?: string;
  drainSeconds?: number;
  /** What pools have, as SKYLOOM_CAPACITY says it. */
  pools?: string;
  sweepSeconds?: number;
  objectPollSeconds?: number;
  secrets?: SecretStore;
  mailer?: Mailer;
  /** Default: one that sums. */
  inference?: Inference;
  containers?: ContainerRunner;
}

/** A model that tells what it was asked: its output `sum` is the sum of its input's data. */
export const summingInference = {
  async infer(name, _version, request) {
    if (name !== "sum")
      throw new ApiError(`there is no model "${name}"`, { status: 404, code: "model-not-found" });
    const sum = request.inputs.flatMap((input) => input.data.flat(9) as number[]).reduce((a, b) => a + b, 0);
    return {
      model_name: name,
      model_version: "1",
      outputs: [
        {
          name: "sum",
          datatype: "FP32",
          shape: [1],
          data: [sum],
          parameters: { labels: [sum > 5 ? "high" : "low"] },
        },
      ],
    };
  },
} as Pick<Inference, "infer"> as Inference;

const ignore = () => undefined;
export const silentLogger: WorkflowLogger = { debug: ignore, info: ignore, warn: ignore, error: ignore };

export function testEngine(settings: EngineSettings): WorkflowEngine {
  const { bucket, pools, ...rest } = settings;
  const store = createLocalObjectStore({ folder: bucket });
  return createWorkflowEngine({
    inference: summingInference,
    ...rest,
    ...(pools !== undefined && { declaredPools: parseDeclaredPools(pools) }),
    store,
    // Servers of tests are on loopback.
    outbound: createOutbound({ allowPrivateAddresses: ["127.0.0.1"] }),
    logger: silentLogger,
    workflowHost: "127.0.0.1",
  });
}

/** The routers of the engine on a free port. */
export async function serveEngine(
  workflows: WorkflowEngine,
): Promise<{ url: string; close(): Promise<void> }> {
  const app = express();
  app.use(
    checkedAnswers,
    createWorkflowsRouter({ workflows }),
    createRunsRouter({ workflows }),
    createPoolsRouter({ workflows }),
  );
  const answer: ErrorRequestHandler = (error, _request, response, _next) => {
    const { status = 500, message, code, problems } = error as ApiError;
    response.status(status).json({ error: message, code, problems });
  };
  app.use(answer);
  const server = app.listen(0, "127.0.0.1");
  await once(server, "listening");
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    async close() {
      server.closeAllConnections();
      await once(server.close(), "close");
    },
  };
}
