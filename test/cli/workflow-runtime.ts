import { Registry } from "prom-client";
import { createLogger } from "../../runtime/monitoring/logger.ts";
import { createRunsRouter } from "../../runtime/routes/runs.ts";
import { createSchedulesRouter } from "../../runtime/routes/schedules.ts";
import { createWorkflowsRouter } from "../../runtime/routes/workflows.ts";
import { createApp, listen, type RunningServer } from "../../runtime/server.ts";
import { type EngineFixture, engineFixture } from "../runtime/workflows/engine-fixture.ts";
import { type CommandResult, skyloom } from "./skyloom.ts";

/** A runtime with workflows on a Restate of its own, for the tests of one `describe`, and the command line that asks it. */
export interface WorkflowRuntime extends EngineFixture {
  skyloom(...args: string[]): Promise<CommandResult>;
}

export function workflowRuntime(): WorkflowRuntime {
  const fixture = engineFixture({ pools: "cpu=2" });
  let server: RunningServer;

  before(async () => {
    const { engine: workflows } = fixture;
    const routers = [createWorkflowsRouter, createRunsRouter, createSchedulesRouter];
    const app = createApp({
      logger: createLogger("silent"),
      registry: new Registry(),
      token: undefined,
      readiness: [],
      routers: routers.map((create) => create({ workflows })),
    });
    server = await listen(app, "127.0.0.1", 0);
  });
  after(() => server?.stop(0));

  return Object.assign(Object.create(fixture) as EngineFixture, {
    skyloom: (...args: string[]) => skyloom([...args, "--url", `http://127.0.0.1:${server.port}`]),
  });
}
