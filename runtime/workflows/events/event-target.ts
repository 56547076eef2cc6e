import { isFinal } from "../run.ts";
import type { RunRepository } from "../run-repository.ts";
import type { Workflow } from "../workflow.ts";
import type { WorkflowRepository } from "../workflow-repository.ts";
import type { EventTarget } from "./event-log.ts";

/** Tells whether a run takes events of a name: those that one of its tasks awaits, until it has ended. */
export function createEventTargets({
  runs,
  workflows,
}: {
  runs: RunRepository;
  workflows: WorkflowRepository;
}) {
  return async (runId: string, eventName: string): Promise<EventTarget> => {
    const run = await runs.read(runId);
    if (run === undefined) return "run-not-found";
    if (isFinal(run.state)) return "run-ended";
    const { workflow } = await workflows.getStored(run.workflow, run.version);
    return awaitedEvents(workflow).includes(eventName) ? "awaited" : "not-awaited";
  };
}

/** Names of the events that tasks of a workflow await. */
export function awaitedEvents({ tasks }: Workflow): string[] {
  return Object.values(tasks).flatMap(({ uses, with: { await: name } }) =>
    uses === "event" && typeof name === "string" ? name : [],
  );
}
