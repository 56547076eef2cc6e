import { isoTime } from "../run-document.ts";
import type { TimerTaskType } from "../task-type.ts";
import { checkedParameters } from "./checked-parameters.ts";
import type { TaskKind } from "./task-kind.ts";

/** A task that waits for a time: a durable sleep, which holds no process. */
export const timer: TaskKind = {
  takesTurn: false,
  start(name, run) {
    const found = checkedParameters<TimerTaskType<unknown>>(name, run);
    if (found === undefined) return;
    const end = found.type.end(found.parameters, run.clock);
    run.update(name, { state: "waiting", startedAt: isoTime(run.clock), inputs: found.inputs });
    run.wait(name, run.sleepUntil(end), () => {
      run.advance(end);
      run.succeed(name, { until: isoTime(end) });
    });
  },
};
