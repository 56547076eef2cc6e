import type * as restate from "@restatedev/restate-sdk";
import { ApiError } from "../../errors.ts";
import { prepareRun } from "../prepare-run.ts";
import type { RunService } from "../run-service.ts";
import { type RunInput, type RunServices, runServiceName, workflowKey } from "../run-state.ts";
import type { Json } from "../workflow.ts";

/** What triggers read and write besides their own state. */
export type TriggerServices = Pick<RunServices, "workflows" | "runs" | "logger" | "checkNeeds" | "clock">;

/** A run that a trigger starts: the same id, the same run. */
export interface TriggeredRun {
  id: string;
  workflow: string;
  version: number;
  /** Those that the workflow does not declare are left out. */
  inputs: Record<string, Json>;
  /** How many runs, one starting the next, led to it. */
  depth: number;
}

/**
 * What is to be started of them, for a durable step: those that began before are left out, and so are those that cannot
 * begin, since nobody waits for an answer; the log tells of them.
 */
export async function prepareTriggered(
  services: TriggerServices,
  triggered: TriggeredRun[],
): Promise<RunInput[]> {
  const { runs, logger } = services;
  const prepared: RunInput[] = [];
  for (const run of triggered) {
    if ((await runs.read(run.id)) !== undefined) continue;
    try {
      prepared.push(await prepareRun(services, { ...run, unknownNames: "drop" }));
    } catch (error) {
      if (!(error instanceof ApiError) || error.status >= 500) throw error;
      const { workflow, id } = run;
      logger.error({ workflow, run: id, code: error.code }, `a trigger could start no run: ${error.message}`);
    }
  }
  return prepared;
}

/** Starts them durably, whatever becomes of whoever starts them. */
export function startTriggered(context: restate.Context, inputs: RunInput[]): void {
  for (const input of inputs)
    context.workflowSendClient<RunService>({ name: runServiceName }, workflowKey(input)).run(input);
}
