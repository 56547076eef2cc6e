import * as restate from "@restatedev/restate-sdk";
import { isoTime } from "../run-document.ts";
import { answerPromise } from "../run-state.ts";
import type { Answer, WaitTaskType } from "../task-type.ts";
import { taskTypes } from "../task-types/task-types.ts";
import type { Json } from "../workflow.ts";
import type { RunScope, TaskKind } from "./task-kind.ts";

type TimedAnswer = Answer & { at: number };

/** A task that waits for an answer from outside, and for its deadline. */
export const answer: TaskKind = {
  takesTurn: false,
  start(name, run) {
    const parameters = run.parameters(name);
    if (parameters === undefined) return;
    const type = typeOf(name, run);
    const parsed = type.schema.safeParse(parameters.value);
    if (!parsed.success) {
      const issue = parsed.error.issues[0];
      run.fail(name, {
        code: "invalid-parameters",
        message: `with.${issue?.path.join(".")}: ${issue?.message}`,
      });
      return;
    }
    run.update(name, { state: "waiting", startedAt: isoTime(run.clock), inputs: parsed.data as Json });
    run.wait(name, run.context.promise<TimedAnswer>(answerPromise(name)).get(), (value) =>
      answered(name, value as TimedAnswer, run),
    );
    const deadline = type.deadline(parsed.data);
    if (deadline === undefined) return;
    run.wait(name, run.sleepUntil(run.clock + deadline * 1000), () => expire(name, run));
  },
};

function typeOf(name: string, run: RunScope): WaitTaskType<unknown> {
  return taskTypes.get(run.specification(name).uses) as WaitTaskType<unknown>;
}

function answered(name: string, value: TimedAnswer, run: RunScope): void {
  run.advance(value.at);
  run.succeed(name, typeOf(name, run).outputs(value));
}

/** The deadline passed. An answer that was accepted in the same moment wins: whoever sent it was told so. */
async function expire(name: string, run: RunScope): Promise<void> {
  const { startedAt, inputs } = run.record(name);
  const type = typeOf(name, run);
  const parameters = type.schema.parse(inputs);
  const at = Date.parse(startedAt ?? "") + (type.deadline(parameters) ?? 0) * 1000;
  const given = type.expire(parameters);
  const promise = run.context.promise<TimedAnswer | null>(answerPromise(name));
  try {
    await promise.resolve(given === undefined ? null : { ...given, at });
  } catch (error) {
    if (!(error instanceof restate.TerminalError) || error instanceof restate.CancelledError) throw error;
  }
  const decided = await promise.get();
  if (decided !== null) return answered(name, decided, run);
  run.advance(at);
  run.fail(name, { code: "task-deadline", message: `nobody answered within ${type.deadline(parameters)} s` });
}
