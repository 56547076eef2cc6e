import type { Run } from "../run.ts";
import { runIdForEnd } from "../run.ts";
import { type RunInput, workflowKey } from "../run-state.ts";
import type { Json } from "../workflow.ts";
import { prepareTriggered, type TriggerServices } from "./triggered-runs.ts";
import type { Triggers } from "./triggers.ts";

/** What a run's end is to start, for a durable step; nothing where no workflow has a trigger for it. */
export type EndTriggers = (ended: Run, depth: number) => Promise<RunInput[]>;

/**
 * The inputs of the runs that an end starts are the ended run's outputs, and `run` (its id), `workflow`, `state` and
 * `error`, as far as the workflow declares inputs of these names.
 */
export function createEndTriggers(triggers: Triggers, services: TriggerServices): EndTriggers {
  return async ({ id, workflow, state, error, outputs, execution = 1 }, depth) => {
    const found = await triggers.findByEnd(workflow, state);
    const inputs: Record<string, Json> = { run: id, workflow, state, error, ...outputs };
    return await prepareTriggered(
      services,
      found.map(({ name, version }) => ({
        id: runIdForEnd(name, workflowKey({ id, execution })),
        workflow: name,
        version,
        inputs,
        depth: depth + 1,
      })),
    );
  };
}
