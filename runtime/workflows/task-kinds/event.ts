import { errorMessage } from "../../errors.ts";
import {
  type AddReply,
  type AddRequest,
  type EventLog,
  eventLogName,
  maximumDataBytes,
  type NumberedEvent,
} from "../events/event-log.ts";
import { eventRefused } from "../events/event-refused.ts";
import { isoTime } from "../run-document.ts";
import type { EventParameters, EventTaskType } from "../task-type.ts";
import { evaluateTemplate, parseTemplate } from "../templates.ts";
import type { Json } from "../workflow.ts";
import { checkedParameters } from "./checked-parameters.ts";
import type { RunScope, TaskKind } from "./task-kind.ts";

/** A task that sends an event to runs, or awaits one that comes to its own. */
export const event: TaskKind = {
  takesTurn: false,
  start(name, run) {
    const found = checkedParameters<EventTaskType>(name, run);
    if (found === undefined) return;
    const { parameters, inputs } = found;
    const isSent = parameters.emit !== undefined;
    run.update(name, { state: isSent ? "running" : "waiting", startedAt: isoTime(run.clock), inputs });
    if (isSent) send(name, parameters, run);
    else receive(name, parameters, run);
  },
};

function send(name: string, parameters: EventParameters, run: RunScope): void {
  const { emit = "", to = [], data = null } = parameters;
  const bytes = Buffer.byteLength(JSON.stringify(data));
  if (bytes > maximumDataBytes)
    run.fail(name, {
      code: "event-too-large",
      message: `with.data: is ${bytes} bytes, at most ${maximumDataBytes} are allowed: put large data into the bucket`,
    });
  else post(name, { id: run.keyOf(name), name: emit, data: data as Json, at: run.clock }, [to].flat(), run);
}

function post(name: string, request: AddRequest, runIds: string[], run: RunScope): void {
  const open = new Set(runIds);
  const replies = new Map<string, AddReply>();
  for (const id of [...open]) {
    const reply = run.context
      .objectClient<EventLog>({ name: eventLogName }, id)
      .add(request)
      .map((value): AddReply => value ?? "run-not-found");
    run.wait(name, reply, (value) => {
      open.delete(id);
      replies.set(id, value);
      if (open.size === 0) sent(name, request.name, replies, run);
    });
  }
}

function sent(name: string, eventName: string, replies: Map<string, AddReply>, run: RunScope): void {
  const withReply = (wanted: AddReply) => [...replies].flatMap(([id, reply]) => (reply === wanted ? id : []));
  for (const [id, reply] of replies)
    if (reply !== "accepted" && reply !== "run-ended") {
      const { code, message } = eventRefused(reply, id, eventName);
      run.fail(name, { code, message });
      return;
    }
  run.succeed(name, { sent: withReply("accepted").sort(), ended: withReply("run-ended").sort() });
}

function receive(name: string, parameters: EventParameters, run: RunScope): void {
  waitForNext(name, parameters, 0, run);
  const { deadline, default: data } = parameters;
  if (deadline === undefined) return;
  const end = run.clock + deadline * 1000;
  run.wait(name, run.sleepUntil(end), () => {
    run.advance(end);
    if (data !== undefined) run.succeed(name, { data: data as Json, time: null, expired: true });
    else
      run.fail(name, {
        code: "task-deadline",
        message: `no event "${parameters.await}" within ${deadline} s`,
      });
  });
}

/** @param after number of the last event that was looked at */
function waitForNext(name: string, parameters: EventParameters, after: number, run: RunScope): void {
  const { id, promise } = run.context.awakeable<NumberedEvent>();
  run.context
    .objectSendClient<EventLog>({ name: eventLogName }, run.input.id)
    .wait({ name: parameters.await ?? "", after, awakeable: id });
  run.wait(name, promise, (value) => {
    run.advance(value.at);
    const isWanted = matches(name, parameters.match, value, run);
    if (isWanted === undefined) return;
    if (!isWanted) return waitForNext(name, parameters, value.number, run);
    run.succeed(name, { data: value.data, time: isoTime(value.at), expired: false });
  });
}

/** Undefined where the expression failed, which fails the task. */
function matches(
  name: string,
  match: string | undefined,
  value: NumberedEvent,
  run: RunScope,
): boolean | undefined {
  if (match === undefined) return true;
  try {
    const seen = { name: value.name, data: value.data, time: isoTime(value.at) };
    const result = evaluateTemplate(parseTemplate(match.trim()), { ...run.scope(), event: seen });
    if (typeof result === "boolean") return result;
    run.fail(name, {
      code: "expression-failed",
      message: `with.match: must give true or false, not ${JSON.stringify(result).slice(0, 100)}`,
    });
  } catch (error) {
    run.fail(name, { code: "expression-failed", message: `with.match: ${errorMessage(error)}` });
  }
  return undefined;
}
