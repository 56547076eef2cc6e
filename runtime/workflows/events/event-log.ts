import * as restate from "@restatedev/restate-sdk";
import type { Json } from "../workflow.ts";

/** An event that was sent to a run. */
export interface RunEvent {
  name: string;
  data: Json;
  /** Milliseconds since 1970. */
  at: number;
}

/** An event with its number within its run, from 1. */
export type NumberedEvent = RunEvent & { number: number };

export interface AddRequest extends RunEvent {
  /** An event with this id that came before is not taken again. */
  id: string;
}

/** Whether a run takes events of a name. */
export type EventTarget = "awaited" | "not-awaited" | "run-ended" | "run-not-found";

export type AddReply = "accepted" | Exclude<EventTarget, "awaited"> | "too-many";

export interface AwaitRequest {
  name: string;
  /** Only events with a higher number; 0: all. */
  after: number;
  /** The awakeable that gets the event, a NumberedEvent. */
  awakeable: string;
}

export const eventLogName = "RunEvents";

/** Events that one run may get. */
export const maximumEvents = 1000;
/** Of one event's data, as JSON. */
export const maximumDataBytes = 64 * 1024;
const indexKey = "index";
const waitingKey = "waiting";
const eventKey = (number: number) => `event:${number}`;

type Index = { name: string; id: string }[];

export type EventLog = ReturnType<typeof createEventLog>;

/**
 * The events of a run in the order in which they came, a Restate object keyed by run id. It keeps them until the run
 * has ended, so that whoever awaits one later gets it too.
 * @param target looks a run up in the bucket
 */
export function createEventLog(target: (runId: string, eventName: string) => Promise<EventTarget>) {
  async function add(context: restate.ObjectContext, { id, name, data, at }: AddRequest): Promise<AddReply> {
    // The end is recorded before the log is cleared: an event that comes after that is refused here.
    const found = await context.run("target", () => target(context.key, name));
    if (found !== "awaited") return found;
    const index = (await context.get<Index>(indexKey)) ?? [];
    if (index.some((event) => event.id === id)) return "accepted";
    if (index.length >= maximumEvents) return "too-many";
    const event: NumberedEvent = { name, data, at, number: index.length + 1 };
    context.set(indexKey, [...index, { name, id }]);
    context.set(eventKey(event.number), event);
    const waiting = (await context.get<AwaitRequest[]>(waitingKey)) ?? [];
    const isFor = (request: AwaitRequest) => request.name === name && request.after < event.number;
    for (const { awakeable } of waiting.filter(isFor)) context.resolveAwakeable(awakeable, event);
    if (waiting.some(isFor))
      context.set(
        waitingKey,
        waiting.filter((request) => !isFor(request)),
      );
    return "accepted";
  }

  /** Gives the awakeable the first event of the name, now or when it comes. */
  async function wait(context: restate.ObjectContext, request: AwaitRequest): Promise<void> {
    const index = (await context.get<Index>(indexKey)) ?? [];
    const found = index.findIndex(({ name }, position) => name === request.name && position >= request.after);
    if (found < 0) {
      const waiting = (await context.get<AwaitRequest[]>(waitingKey)) ?? [];
      context.set(waitingKey, [...waiting, request]);
      return;
    }
    context.resolveAwakeable(request.awakeable, await context.get<NumberedEvent>(eventKey(found + 1)));
  }

  /** The run has ended. */
  async function clear(context: restate.ObjectContext): Promise<void> {
    context.clearAll();
  }

  return restate.object({
    name: eventLogName,
    handlers: { add, wait, clear },
    options: { journalRetention: 0 },
  });
}
