import { randomUUID } from "node:crypto";
import { z } from "zod";
import { ApiError, errorMessage, invalidInput } from "../../runtime/errors.ts";
import { faultKinds } from "./data/faults.ts";

export interface FaultOptions {
  /** Such as http://127.0.0.1:8080. */
  runtimeUrl: string;
  /** Such as http://127.0.0.1:8085. */
  sampleServerUrl: string;
  token?: string;
  /** Default: the seed chooses. */
  kind?: string;
  /** Seconds that each task of the run is held at least. */
  pace?: number;
  /** Chooses server and kind. Default 1. */
  seed?: number;
}

export interface SentFault {
  messageId: string;
  kind: string;
  server: string;
}

/** Simulated minutes between the fault and the message. */
const minutesWithFault = 24;

/**
 * Breaks one of the simulated servers and sends what it then reports to the runtime's queue.
 * @throws ApiError that names the kinds there are, or the address that did not answer as it should
 */
export async function sendFault(options: FaultOptions): Promise<SentFault> {
  const { runtimeUrl, sampleServerUrl, token, pace, seed = 1 } = options;
  const kind = options.kind ?? faultKinds[seed % faultKinds.length] ?? "";
  if (!faultKinds.some((known) => known === kind))
    throw invalidInput("unknown-fault", [
      { path: "fault", message: `there is no ${kind}; the kinds are ${faultKinds.join(", ")}` },
    ]);
  const server = `server-${seed}`;
  const control = `${sampleServerUrl.replace(/\/$/, "")}/servers/${server}`;
  await request("POST", `${control}/faults`, { kind });
  await request("POST", `${control}/clock`, { minutes: minutesWithFault });
  const { metrics, logs } = windowAnswer.parse(await request("GET", `${control}/window`));
  const messageId = `fault-${randomUUID()}`;
  const event = {
    specversion: "1.0",
    id: messageId,
    source: control,
    type: "server.metrics",
    time: new Date().toISOString(),
    data: { server, metrics, logs, control },
    ...(pace !== undefined && { pace }),
  };
  await request("POST", `${runtimeUrl.replace(/\/$/, "")}/v1/messages`, event, token);
  return { messageId, kind, server };
}

const windowAnswer = z.object({ metrics: z.array(z.array(z.number())), logs: z.array(z.string()) });

async function request(method: string, url: string, body?: unknown, token?: string): Promise<unknown> {
  const response = await fetch(url, {
    method,
    signal: AbortSignal.timeout(10_000),
    headers: { "content-type": "application/json", ...(token && { authorization: `Bearer ${token}` }) },
    ...(body !== undefined && { body: JSON.stringify(body) }),
  }).catch((error) => {
    throw new ApiError(`${method} ${url} got no answer: ${errorMessage(error.cause ?? error)}`, {
      status: 503,
      code: "no-answer",
      cause: error,
    });
  });
  const text = await response.text();
  if (!response.ok)
    throw new ApiError(`${method} ${url} answered ${response.status}: ${text.slice(0, 500)}`, {
      status: response.status,
      code: "refused",
    });
  return JSON.parse(text);
}
