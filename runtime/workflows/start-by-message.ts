import { ApiError, invalidInput } from "../errors.ts";
import { prepareRun } from "./prepare-run.ts";
import { runIdForMessage } from "./run.ts";
import type { RunStarter } from "./run-starter.ts";
import type { RunInput, RunServices } from "./run-state.ts";
import type { Triggers } from "./triggers/triggers.ts";
import type { Json } from "./workflow.ts";
import type { TriggerMessage, WorkflowEngine } from "./workflow-engine.ts";
import type { WorkflowDefinition } from "./workflow-repository.ts";

/** Starts the runs that messages trigger. */
export function createMessageStarts({
  services,
  triggers,
  starter,
}: {
  services: Pick<RunServices, "workflows" | "runs" | "checkNeeds" | "clock">;
  triggers: Triggers;
  starter: RunStarter;
}): Pick<WorkflowEngine, "handleMessage"> {
  const { runs } = services;

  async function handleMessage(message: TriggerMessage): Promise<{ runs: string[] }> {
    const found = await triggers.find(message.type);
    if (found.length === 0)
      throw new ApiError(`no workflow has a trigger for messages of type "${message.type}"`, {
        status: 422,
        code: "no-trigger",
      });
    // All are checked before the first is started.
    const inputs = await Promise.all(
      found.map((definition) => prepareForMessage(definition, message, found.length)),
    );
    for (const input of inputs) await starter.submit(input, { isNewId: false });
    return { runs: inputs.map((input) => input.id) };
  }

  async function prepareForMessage(
    { name }: WorkflowDefinition,
    message: TriggerMessage,
    count: number,
  ): Promise<RunInput> {
    const data = message.data ?? {};
    if (typeof data !== "object" || data === null || Array.isArray(data))
      throw invalidInput(
        "invalid-inputs",
        [{ path: "data", message: "must be an object, input to value" }],
        "message",
      );
    const [shared, own] = [
      runIdForMessage(message.type, message.id),
      runIdForMessage(message.type, message.id, name),
    ];
    // A redelivery must find its run even where a second workflow with this trigger came or went in between.
    const known = (await Promise.all([runs.read(shared), runs.read(own)])).find(
      (run) => run?.workflow === name,
    );
    const id = known?.id ?? (count === 1 ? shared : own);
    return await prepareRun(services, {
      workflow: name,
      version: known?.version,
      inputs: data as Record<string, Json>,
      id,
      pace: message.pace,
      unknownNames: "drop",
    });
  }

  return { handleMessage };
}
