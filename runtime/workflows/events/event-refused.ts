import { ApiError } from "../../errors.ts";
import { type AddReply, maximumEvents } from "./event-log.ts";

/** Why a run took no event. */
export function eventRefused(
  reply: Exclude<AddReply, "accepted">,
  runId: string,
  eventName: string,
): ApiError {
  const { status, message } = {
    "run-not-found": { status: 404, message: `there is no run "${runId}"` },
    "run-ended": { status: 409, message: `run ${runId} has ended already` },
    "not-awaited": {
      status: 409,
      message: `no task of run ${runId} awaits an event "${eventName}" (uses: event, with: {await: NAME})`,
    },
    "too-many": { status: 409, message: `run ${runId} got ${maximumEvents} events, as many as it may` },
  }[reply];
  return new ApiError(message, { status, code: codes[reply] });
}

const codes = {
  "run-not-found": "run-not-found",
  "run-ended": "run-ended",
  "not-awaited": "event-not-awaited",
  "too-many": "too-many-events",
} as const;
