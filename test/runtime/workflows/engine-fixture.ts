import assert from "node:assert/strict";
import { join } from "node:path";
import type { Run, TaskRun } from "../../../runtime/workflows/run.ts";
import type { Json } from "../../../runtime/workflows/workflow.ts";
import type { WorkflowEngine } from "../../../runtime/workflows/workflow-engine.ts";
import { type EngineSettings, testEngine } from "./engine-server.ts";
import { type RestateServer, startRestateServer } from "./restate-server.ts";
import { temporaryFolder } from "./temporary-folder.ts";
import { waitForRun } from "./wait-for-run.ts";

/** An engine on a Restate of its own, for the tests of one `describe`. */
export interface EngineFixture {
  readonly engine: WorkflowEngine;
  readonly restate: RestateServer;
  readonly folder: string;
  /** Puts the workflow `name` and starts a run. */
  start(
    name: string,
    tasks: string,
    options?: { head?: string; inputs?: Record<string, Json>; id?: string; pace?: number },
  ): Promise<Run>;
  wait(run: { id: string }, isWanted?: (run: Run) => boolean, seconds?: number): Promise<Run>;
  /** All of a task's log. */
  log(run: { id: string }, task: string): Promise<string>;
}

/** @param settings beside those that its folder and its Restate give */
export function engineFixture(settings: Pick<EngineSettings, "pools"> = {}): EngineFixture {
  const folder = temporaryFolder();
  let restate: RestateServer;
  let engine: WorkflowEngine;

  before(async () => {
    restate = await startRestateServer(join(folder.path, "restate"));
    engine = testEngine({
      ...settings,
      bucket: join(folder.path, "bucket"),
      restateIngress: restate.ingress,
      restateAdmin: restate.admin,
      workflowPort: 0,
    });
    await engine.start();
  });
  after(async () => {
    await engine?.stop();
    await restate?.kill();
  });

  return {
    get engine() {
      return engine;
    },
    get restate() {
      return restate;
    },
    get folder() {
      return folder.path;
    },
    async start(name, tasks, { head = "", ...options } = {}) {
      await engine.putDefinition(`name: ${name}\n${head}tasks:\n${tasks}`);
      return await engine.startRun({ workflow: name, ...options });
    },
    wait: ({ id }, isWanted, seconds) => waitForRun(() => engine.getRun(id), isWanted, seconds),
    async log({ id }, task) {
      const parts: Buffer[] = [];
      for await (const { bytes } of await engine.runLog(id, { task })) parts.push(bytes);
      return Buffer.concat(parts).toString();
    },
  };
}

export function taskOf(run: Run, name: string): TaskRun {
  const found = run.tasks.find((task) => task.name === name);
  assert(found, `no task ${name}`);
  return found;
}

export function statesOf(run: Run): Record<string, string> {
  return Object.fromEntries(run.tasks.map((task) => [task.name, task.state]));
}
