import type { RunState } from "../run.ts";
import type { WorkflowDefinition, WorkflowRepository } from "../workflow-repository.ts";

/** How long what was read of the bucket holds, in milliseconds: a version put by another process is seen after it. */
const freshMilliseconds = 2000;

/** Finds the workflows that a message or a run's end starts, without reading the bucket for each. */
export interface Triggers {
  /** By name. A type that nothing is known for is looked up anew. */
  find(type: string): Promise<WorkflowDefinition[]>;
  /** Those that the end of another workflow's run starts, as the bucket was a moment ago. */
  findByEnd(workflow: string, state: RunState): Promise<WorkflowDefinition[]>;
  /** A definition was put here: read anew at the next message. */
  invalidate(): void;
}

export function createTriggers(workflows: WorkflowRepository, now: () => number = Date.now): Triggers {
  let definitions: Promise<WorkflowDefinition[]> | undefined;
  let readAt = 0;

  function read(): Promise<WorkflowDefinition[]> {
    readAt = now();
    definitions = workflows.list();
    definitions.catch(() => {
      definitions = undefined;
    });
    return definitions;
  }

  const matching = async (type: string, from: Promise<WorkflowDefinition[]>) =>
    (await from).filter(({ workflow }) => workflow.triggers.some(({ message }) => message?.type === type));

  return {
    async find(type) {
      const isFresh = definitions !== undefined && now() - readAt < freshMilliseconds;
      const found = await matching(type, isFresh && definitions !== undefined ? definitions : read());
      return found.length > 0 || !isFresh ? found : await matching(type, read());
    },
    async findByEnd(name, state) {
      const isFresh = definitions !== undefined && now() - readAt < freshMilliseconds;
      const all = await (isFresh && definitions !== undefined ? definitions : read());
      return all.filter(({ workflow }) =>
        workflow.triggers.some(
          (trigger) =>
            trigger.workflow?.name === name && trigger.workflow.states.some((one) => one === state),
        ),
      );
    },
    invalidate() {
      definitions = undefined;
    },
  };
}
