import { largeMessagePrefix } from "../runtime/queue/large-messages.ts";

/** Data that was too large for a queue, in the bucket: longer than any queue keeps a message, dead letters included. */
export const LARGE_MESSAGES = { prefix: largeMessagePrefix, days: 30 } as const;
