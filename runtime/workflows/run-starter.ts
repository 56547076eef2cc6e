import { isDeepStrictEqual } from "node:util";
import { ApiError } from "../errors.ts";
import { isPreconditionFailed } from "../object-store/object-key.ts";
import type { Registration } from "./registration.ts";
import type { RestateClient } from "./restate.ts";
import { isFinal, type Run } from "./run.ts";
import { firstDocument } from "./run-document.ts";
import { inputOf, retryDocument } from "./run-inputs.ts";
import type { RunRepository } from "./run-repository.ts";
import type { RunInput } from "./run-state.ts";
import type { WorkflowRepository } from "./workflow-repository.ts";

/**
 * Starts runs: the document first, then the Restate workflow under the run's key. A process that is lost between the two
 * leaves a pending run, which `resubmit` starts; a run that is submitted twice starts once.
 */
export interface RunStarter {
  /**
   * Resolves once Restate accepted the run durably; an id that is known gives the run that has it.
   * @param isNewId nobody can know the id: where Restate is down nothing of the run is left
   * @throws ApiError `run-id-taken` (409) where the id stands for another workflow or other inputs
   */
  submit(input: RunInput, options: { isNewId: boolean }): Promise<Run>;
  /** Starts a pending run that may not have been submitted. */
  resubmit(run: Run): Promise<void>;
  /** Begins a failed or cancelled run again, with what its finished tasks gave. @throws ApiError `run-not-ended`, `run-succeeded` (409) */
  retry(id: string): Promise<Run | undefined>;
}

export interface RunStarterOptions {
  runs: RunRepository;
  definitions: WorkflowRepository;
  restate: RestateClient;
  registration: Registration;
}

export function createRunStarter({
  runs,
  definitions,
  restate,
  registration,
}: RunStarterOptions): RunStarter {
  async function accept(input: RunInput): Promise<void> {
    try {
      await restate.submit(input);
    } catch (error) {
      // Restate may have lost the registration with its data: look after it before the next attempt.
      registration.renew();
      throw error;
    }
  }

  async function resubmit(run: Run): Promise<void> {
    await accept(await inputOf({ run }, definitions));
  }

  async function again(id: string): Promise<Run | undefined> {
    const found = await runs.readWithEtag(id);
    if (found === undefined) return undefined;
    const { run, etag } = found;
    if (!isFinal(run.state) && (run.execution ?? 1) > 1) return run;
    if (!isFinal(run.state))
      throw new ApiError(`run ${id} has not ended; cancel it first`, { status: 409, code: "run-not-ended" });
    if (run.state === "succeeded")
      throw new ApiError(`run ${id} succeeded: there is nothing to retry`, {
        status: 409,
        code: "run-succeeded",
      });
    const first = await retryDocument(run, definitions);
    try {
      await runs.recordRetry(first, etag);
    } catch (error) {
      // Somebody else retries it in this moment: that is the same retry.
      if (isPreconditionFailed(error)) return await again(id);
      throw error;
    }
    return first;
  }

  return {
    resubmit,
    async submit(input, { isNewId }) {
      const first = firstDocument(input);
      const recorded = await runs.recordStart(first);
      if ("known" in recorded) {
        const { known } = recorded;
        refuseOtherRun(known, input);
        if (!isFinal(known.state)) await resubmit(known);
        return known;
      }
      try {
        await accept({ ...input, documentEtag: recorded.etag });
      } catch (error) {
        if (isNewId && isRefusedConnection(error)) await runs.remove(first).catch(() => undefined);
        throw error;
      }
      return first;
    },
    async retry(id) {
      const run = await again(id);
      if (run !== undefined) await resubmit(run);
      return run;
    },
  };
}

/** An id that stands for another run would silently answer with that one. */
function refuseOtherRun(known: Run, { id, workflow, inputs }: RunInput): void {
  if (known.workflow === workflow.name && isDeepStrictEqual(known.inputs, inputs)) return;
  throw new ApiError(`run "${id}" exists with another workflow or other inputs; choose another id`, {
    status: 409,
    code: "run-id-taken",
  });
}

/** Restate was not there: the run was not accepted. */
function isRefusedConnection(error: unknown): boolean {
  for (let cause = error; cause instanceof Error; cause = cause.cause)
    if ((cause as NodeJS.ErrnoException).code === "ECONNREFUSED") return true;
  return false;
}
