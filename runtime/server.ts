import { createServer, IncomingMessage, type Server, ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { setTimeout as sleepMilliseconds } from "node:timers/promises";
import express, { type Express, type RequestHandler, type Router } from "express";
import type { Registry } from "prom-client";
import { requireAccess } from "./access.ts";
import { answerBrokenRequests } from "./broken-requests.ts";
import { ApiError, errorMessage } from "./errors.ts";
import { latestResponses } from "./latest-responses.ts";
import { measureRequests } from "./monitoring/http-metrics.ts";
import type { Logger } from "./monitoring/logger.ts";
import { logRequests } from "./monitoring/request-log.ts";
import { answerError, routeNotFound } from "./routes/errors.ts";
import { createHealthRouter, createMetricsRouter, type ReadinessCheck } from "./routes/health.ts";
import type { Shortcut } from "./routes/shortcut.ts";
import { traceRequests } from "./tracing/trace-requests.ts";

export interface AppOptions {
  logger: Logger;
  registry: Registry;
  /** Undefined: only this machine may call (see requireAccess). */
  token: string | undefined;
  readiness: ReadinessCheck[];
  routers: Router[];
  shortcut?: Shortcut;
  /** Whether startTracing began. Default false. */
  isTraced?: boolean;
}

export function createApp(options: AppOptions): Express {
  const { logger, registry, shortcut, isTraced = false } = options;
  const access = requireAccess(options.token);
  const app = express();
  app.disable("x-powered-by");
  app.use(
    inTurn([
      logRequests(logger),
      ...(isTraced ? [traceRequests()] : []),
      measureRequests(registry),
      ...(shortcut === undefined ? [] : [takeShortcut(shortcut, access)]),
    ]),
  );
  app.use(createHealthRouter(options.readiness));
  app.use(access);
  app.use(createMetricsRouter(registry));
  for (const router of options.routers) app.use(router);
  app.use(routeNotFound);
  app.use(answerError(logger));
  return app;
}

/** As if each were used by itself; but Express looks at each path anew, which a small inference would feel. */
function inTurn(handlers: RequestHandler[]): RequestHandler {
  return handlers.reduceRight((others, handler) => (request, response, next) => {
    handler(request, response, (error) =>
      error === undefined ? others(request, response, next) : next(error),
    );
  });
}

function takeShortcut(shortcut: Shortcut, access: RequestHandler): RequestHandler {
  return (request, response, next) => {
    const answer = shortcut(request);
    if (answer === undefined) next();
    else access(request, response, () => answer(response, next));
  };
}

export interface RunningServer {
  /** The one that was asked for; with port 0 the one that the system chose. */
  readonly port: number;
  /**
   * Tells clients to leave (`Connection: close`) and waits until they have, as long as an idle connection is kept anyway;
   * then takes no new connection, lets requests under way finish for this long in all, and cuts them off.
   */
  stop(drainSeconds: number): Promise<void>;
}

/** @throws ApiError `port-in-use` or `cannot-listen`, naming the setting to change. */
export async function listen(app: Express, host: string, port: number): Promise<RunningServer> {
  const server = createExpressServer(app);
  const responses = latestResponses(server);
  const leaving = askToLeave(server, responses);
  answerBrokenRequests(server, responses);
  await new Promise<void>((resolve, reject) => {
    server.once("error", (error: NodeJS.ErrnoException) => reject(cannotListen(error, host, port)));
    server.listen(port, host, resolve);
  });
  return {
    port: (server.address() as AddressInfo).port,
    stop: (drainSeconds) => stopServer(server, leaving, drainSeconds),
  };
}

/**
 * Express gives each request and response other prototypes, after which the engine runs what it has optimised for them
 * no more: half of the processor time of a small inference. Those that are made with them stay as they are.
 */
function createExpressServer(app: Express): Server {
  return createServer(
    {
      IncomingMessage: withPrototype(IncomingMessage, app.request),
      ServerResponse: withPrototype(ServerResponse, app.response),
    },
    app,
  );
}

function withPrototype<Class extends typeof IncomingMessage | typeof ServerResponse>(
  base: Class,
  prototype: object,
): Class {
  function Message(...given: unknown[]): object {
    return Reflect.construct(base, given, Message);
  }
  Message.prototype = prototype;
  return Message as unknown as Class;
}

function cannotListen(error: NodeJS.ErrnoException, host: string, port: number): ApiError {
  const inUse = error.code === "EADDRINUSE";
  const reason = inUse ? "the port is in use" : errorMessage(error);
  return new ApiError(`cannot listen on ${host}:${port}: ${reason}; set SKYLOOM_HOST and SKYLOOM_PORT`, {
    status: 500,
    code: inUse ? "port-in-use" : "cannot-listen",
    cause: error,
  });
}

/** @returns begins to end connections with the answers that are under way and all that follow. */
function askToLeave(server: Server, responses: ReturnType<typeof latestResponses>): () => void {
  let isLeaving = false;
  server.prependListener("request", (_request, response) => {
    if (isLeaving) response.shouldKeepAlive = false;
  });
  return () => {
    isLeaving = true;
    for (const response of responses.values()) response.shouldKeepAlive = false;
  };
}

async function stopServer(server: Server, leaving: () => void, drainSeconds: number): Promise<void> {
  const cutOff = setTimeout(() => server.closeAllConnections(), drainSeconds * 1000);
  leaving();
  await withoutConnections(server, Math.min(drainSeconds * 1000, server.keepAliveTimeout));
  const closed = new Promise<void>((resolve) => server.close(() => resolve()));
  // A connection that is kept alive after its last answer would hold the stop until it times out.
  const closeIdle = setInterval(() => server.closeIdleConnections(), 20);
  await closed;
  clearInterval(closeIdle);
  clearTimeout(cutOff);
}

/** Closing an idle connection may cut a request that its client sends at that moment. */
async function withoutConnections(server: Server, milliseconds: number): Promise<void> {
  const count = () =>
    new Promise<number>((resolve) => server.getConnections((_, open) => resolve(open ?? 0)));
  for (const end = performance.now() + milliseconds; performance.now() < end; ) {
    if ((await count()) === 0) return;
    await sleepMilliseconds(20);
  }
}
