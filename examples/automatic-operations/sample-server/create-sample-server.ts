import { createServer, type IncomingMessage, type Server } from "node:http";
import { ApiError, errorMessage, invalidInput, notFound, type Problem } from "../../../runtime/errors.ts";
import { faultKinds } from "../data/faults.ts";
import { actionNames, isFaultKind, SimulatedServer } from "./simulated-server.ts";

const maximumBodyBytes = 64 * 1024;
const maximumServers = 1000;
const serverNames = /^[a-z][a-z0-9-]{0,39}$/;

/**
 * A small fleet over HTTP. Each server comes into being, the same for the same seed and name, when it is first
 * named; all is forgotten when the process ends.
 *
 * - `GET /healthz`, `GET /servers`
 * - `GET /servers/NAME/window`: the last half hour; `GET /servers/NAME/state`
 * - `POST /servers/NAME/clock {minutes}`: lets 1 to 240 simulated minutes pass
 * - `POST /servers/NAME/faults {kind, strength?, speed?}`
 * - `POST /servers/NAME/actions/ACTION` with the header `Idempotency-Key`
 */
export function createSampleServer({ seed }: { seed: number }): Server {
  const servers = new Map<string, SimulatedServer>();
  const find = (name: string) => {
    const known = servers.get(name);
    if (known) return known;
    if (!serverNames.test(name))
      throw invalidInput("invalid-name", [
        { path: "server", message: "must begin with a small letter and hold at most 40 of a-z, 0-9 and -" },
      ]);
    if (servers.size >= maximumServers)
      throw new ApiError(`there are ${maximumServers} servers already`, {
        status: 429,
        code: "too-many-servers",
      });
    const created = new SimulatedServer(name, seed);
    servers.set(name, created);
    return created;
  };
  return createServer((request, response) => {
    const answer = (status: number, body: unknown) => {
      response.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify(body));
    };
    route(request, servers, find).then(
      (body) => answer(200, body),
      (error) => {
        const { status, code, problems } =
          error instanceof ApiError ? error : { status: 500, code: "internal", problems: [] };
        answer(status, { error: errorMessage(error), code, problems });
      },
    );
  });
}

async function route(
  request: IncomingMessage,
  servers: Map<string, SimulatedServer>,
  find: (name: string) => SimulatedServer,
): Promise<unknown> {
  const { pathname } = new URL(request.url ?? "/", "http://localhost");
  const [first, name = "", what = "", action = ""] = pathname.split("/").slice(1).map(decoded);
  const call = `${request.method} ${what}`;
  if (pathname === "/healthz" && request.method === "GET") return { status: "ok" };
  if (pathname === "/servers" && request.method === "GET") return { servers: [...servers.keys()] };
  if (first === "servers" && name !== "" && pathname.split("/").length <= 5) {
    if (call === "GET window" && action === "") return find(name).window();
    if (call === "GET state" && action === "") return find(name).state();
    if (call === "POST clock" && action === "")
      return find(name).advance(readMinutes(await readBody(request)));
    if (call === "POST faults" && action === "")
      return find(name).startFault(readFault(await readBody(request)));
    if (call === "POST actions") return find(name).act(...readAction(action, request));
  }
  throw notFound("not-found", `there is no ${request.method} ${pathname}`);
}

function decoded(segment: string): string {
  try {
    return decodeURIComponent(segment);
  } catch {
    throw invalidInput("invalid-path", [
      { path: "path", message: `${segment} is no valid percent-encoding` },
    ]);
  }
}

async function readBody(request: IncomingMessage): Promise<Record<string, unknown>> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > maximumBodyBytes)
      throw new ApiError(`the body is larger than ${maximumBodyBytes} bytes`, {
        status: 413,
        code: "too-large",
      });
    chunks.push(chunk);
  }
  const problem = (message: string) => invalidInput("invalid-json", [{ path: "body", message }]);
  try {
    const value: unknown = JSON.parse(Buffer.concat(chunks).toString("utf8"));
    if (typeof value === "object" && value !== null && !Array.isArray(value))
      return value as Record<string, unknown>;
  } catch (error) {
    throw problem(`is no JSON: ${errorMessage(error)}`);
  }
  throw problem("must be a JSON object");
}

function readMinutes({ minutes, ...rest }: Record<string, unknown>): number {
  const isAllowed = Number.isInteger(minutes) && Number(minutes) >= 1 && Number(minutes) <= 240;
  check([
    ...(isAllowed ? [] : [{ path: "minutes", message: "must be a whole number from 1 to 240" }]),
    ...unknownFields(rest, "minutes"),
  ]);
  return Number(minutes);
}

function readFault({ kind, strength = 0.7, speed = 0.6, ...rest }: Record<string, unknown>) {
  const shares = Object.entries({ strength, speed }).filter(
    ([, value]) => typeof value !== "number" || !(value >= 0 && value <= 1),
  );
  check([
    ...(isFaultKind(kind) ? [] : [{ path: "kind", message: `must be one of ${faultKinds.join(", ")}` }]),
    ...shares.map(([path]) => ({ path, message: "must be a number from 0 to 1" })),
    ...unknownFields(rest, "kind, strength, speed"),
  ]);
  return { kind: kind as (typeof faultKinds)[number], strength: Number(strength), speed: Number(speed) };
}

function readAction(action: string, request: IncomingMessage): [action: string, key: string] {
  const key = request.headers["idempotency-key"];
  const isKey = typeof key === "string" && key.length > 0 && key.length <= 200;
  check([
    ...(actionNames.includes(action)
      ? []
      : [{ path: "action", message: `must be one of ${actionNames.join(", ")}` }]),
    ...(isKey ? [] : [{ path: "headers.idempotency-key", message: "must be a text of 1 to 200 characters" }]),
  ]);
  return [action, String(key)];
}

function unknownFields(rest: Record<string, unknown>, allowed: string): Problem[] {
  return Object.keys(rest).map((path) => ({ path, message: `is no field; allowed are ${allowed}` }));
}

function check(problems: Problem[]): void {
  if (problems.length > 0) throw invalidInput("invalid-request", problems, "request");
}
