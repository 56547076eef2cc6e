import { createCapacitySource } from "./capacity/create-capacity-source.ts";
import type { RuntimeConfig } from "./config.ts";
import { createContainerRunner } from "./containers/create-container-runner.ts";
import { startLeftoverRemoval } from "./containers/leftover-removal.ts";
import { ApiError, errorMessage } from "./errors.ts";
import { createInference } from "./inference/engine.ts";
import { createModelSigner } from "./inference/model-signer.ts";
import { createJobs } from "./jobs/create-jobs.ts";
import { createMailer } from "./mail/create-mailer.ts";
import { createMetricsRegistry } from "./monitoring/http-metrics.ts";
import type { Logger } from "./monitoring/logger.ts";
import { createObjectStore } from "./object-store/create-object-store.ts";
import { createOutbound } from "./outbound/create-outbound.ts";
import packageJson from "./package.json" with { type: "json" };
import { startConsumer } from "./queue/consumer.ts";
import { createQueue } from "./queue/create-queue.ts";
import { readEvent, withLargeMessages } from "./queue/large-messages.ts";
import type { QueueMessage } from "./queue/queue.ts";
import { createRouters } from "./routes/create-routers.ts";
import type { ReadinessCheck } from "./routes/health.ts";
import { createInferShortcut } from "./routes/inference/infer-shortcut.ts";
import { createRoutes } from "./routing/routes.ts";
import { createRoutingMetrics } from "./routing/routing-metrics.ts";
import { withRoutes } from "./routing/with-routes.ts";
import { createSecretStore } from "./secrets/create-secret-store.ts";
import { createApp, listen } from "./server.ts";
import { startTracing } from "./tracing/start-tracing.ts";
import { createCatalogueRepository } from "./workflows/composition/catalogue-repository.ts";
import { createWorkflowEngine } from "./workflows/engine.ts";
import { isFinal } from "./workflows/run.ts";
import type { WorkflowEngine } from "./workflows/workflow-engine.ts";

export interface Runtime {
  /** Refuses new work, lets work under way finish, then frees everything. */
  stop(): Promise<void>;
}

/** Puts the parts together: bucket, queue and secrets, inference, workflows, HTTP; in this order, and stops in the reverse. */
export async function startRuntime(config: RuntimeConfig, logger: Logger): Promise<Runtime> {
  const tracing = await startTracing(packageJson.version);
  const store = await createObjectStore(config.bucket);
  const queue = withLargeMessages({ queue: await createQueue(config.queue), store });
  const secrets = config.secrets === undefined ? undefined : await createSecretStore(config.secrets);
  const outbound = createOutbound({ allowPrivateAddresses: config.allowPrivateAddresses });
  const mailer = config.smtp === undefined ? undefined : createMailer(config.smtp, secrets);
  const registry = createMetricsRegistry(queue);
  const routingMetrics = createRoutingMetrics(registry);
  const routes = createRoutes({ store, metrics: routingMetrics, logger });
  const models = createInference({
    store,
    workers: config.inferenceWorkers,
    executionProviders: config.executionProviders,
    memoryBytes: config.modelMemoryBytes,
    modelKeys: config.modelKeys,
    control: config.modelControl,
    logger,
    registry,
  });
  const { modelKeys, modelSigningSecret: secret } = config;
  const modelSigner = createModelSigner({ secrets, secret, modelKeys });
  const inference = withRoutes(models, { routes, metrics: routingMetrics });
  // Only who runs tasks runs their containers.
  const containers = await createContainerRunner(
    config.serveWorkflows ? config : { ...config, containers: "none" },
  );
  const capacity = await createCapacitySource(config);
  const workflows = createWorkflowEngine({
    ...config,
    capacity,
    containers,
    store,
    secrets,
    outbound,
    mailer,
    inference,
    modelSigner,
    logger,
    registry,
  });
  const { webhookSecret } = config;
  const { jobs, handlers, ...work } = createJobs({
    store,
    queue,
    inference,
    outbound,
    secrets,
    webhookSecret,
    retentionDays: config.jobRetentionDays,
    logger,
  });

  const reachable =
    (path: string, use: () => Promise<unknown>): ReadinessCheck =>
    async () => {
      try {
        await use();
        return undefined;
      } catch (error) {
        return { path, message: errorMessage(error) };
      }
    };
  const app = createApp({
    logger,
    registry,
    token: config.token,
    shortcut: createInferShortcut({ inference }),
    isTraced: tracing !== undefined,
    readiness: [
      reachable("bucket", () => store.list({ limit: 1 })),
      reachable("queue", () => queue.depth()),
      ...(secrets === undefined ? [] : [reachable("secrets", () => secrets.check())]),
      () => workflows.healthy(),
    ],
    routers: createRouters({
      inference,
      store,
      outbound,
      modelSigner,
      queue,
      jobs,
      workflows,
      catalogues: createCatalogueRepository(store),
      routes,
      version: packageJson.version,
    }),
  });
  await routes.refresh().catch((error) => logger.warn({ err: error }, "routes cannot be read yet"));
  const server = await listen(app, config.host, config.port);
  // Loads the models now, so that no first request waits for it; what does not load is told by its own requests.
  inference.models().catch((error) => logger.warn({ err: error }, "models cannot be read yet"));
  await workflows.start();
  work.start();
  const stopLeftoverRemoval = startLeftoverRemoval({
    runner: containers,
    isEnded: (runId) => hasEnded(workflows, runId),
    logger,
  });
  const handle = async (_body: string, message: QueueMessage, signal: AbortSignal): Promise<unknown> => {
    const event = await readEvent(store, message);
    if (event === undefined) return undefined;
    const handler = handlers.get(event.type);
    return handler === undefined ? workflows.handleMessage(event) : handler(event, signal);
  };
  const consumer = config.consumeQueue
    ? startConsumer({
        queue,
        concurrency: config.queueConcurrency,
        handle,
        onError: (error, { during, message }) =>
          logger.warn(
            { err: error, during, message: message?.id, delivery: message?.deliveryCount },
            "queue",
          ),
      })
    : undefined;

  return {
    async stop() {
      await consumer?.stop();
      await server.stop(config.drainSeconds);
      await stopLeftoverRemoval();
      await workflows.stop();
      await containers.close();
      await inference.close();
      await routes.close().catch((error) => logger.warn({ err: error }, "the last rewards were not written"));
      work.stop();
      await queue.close();
      await outbound.close();
      await secrets?.close();
      await tracing?.stop();
    },
  };
}

/** Also a run whose document is gone. */
async function hasEnded(workflows: WorkflowEngine, runId: string): Promise<boolean> {
  try {
    return isFinal((await workflows.getRun(runId)).state);
  } catch (error) {
    if (error instanceof ApiError && error.code === "run-not-found") return true;
    throw error;
  }
}
