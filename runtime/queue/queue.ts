/** What a back end allows, as data: callers check against it and never against the back end's name. */
export interface QueueLimits {
  maximumMessageBytes: number;
  maximumVisibilitySeconds: number;
  maximumDelaySeconds: number;
}

export interface QueueMessage {
  /** Given by the back end; the idempotency key is the CloudEvent's own id inside the body. */
  id: string;
  body: string;
  /** 1 at the first delivery. */
  deliveryCount: number;
  enqueuedAt: Date;
  /** Names this delivery; stale after the visibility timeout has passed and the message was delivered again. */
  receipt: string;
}

export interface DeadLetter {
  id: string;
  body: string;
  deliveryCount: number;
  reason: string;
  enqueuedAt: Date;
  deadLetteredAt: Date;
}

/** Undefined is what the back end does not tell. */
export interface QueueDepth {
  /** Waiting for a receiver, delayed ones included; where `inFlight` is not told apart, with those. */
  visible: number | undefined;
  /** Received and neither deleted nor timed out. */
  inFlight: number | undefined;
  deadLettered: number | undefined;
}

export interface ReceiveOptions {
  /** At most this many messages. Default 1, maximum 10. */
  maximum?: number;
  /** How long to wait for a first message, at most 3600. Default 0: answer at once. */
  waitSeconds?: number;
  /** Hidden from other receivers for this long. Default: the queue's own setting. */
  visibilitySeconds?: number;
  /** Ends the wait early with an empty answer. */
  signal?: AbortSignal;
}

/**
 * At least once, in no promised order. A message received more often than the queue's maximum number of
 * deliveries goes to dead-letter instead of being delivered again.
 */
export interface Queue {
  readonly limits: QueueLimits;
  /**
   * Durable when the promise resolves. A body over the limit: ApiError `message-too-large` (413); an empty one:
   * `invalid-message` (400).
   */
  send(body: string, options?: { delaySeconds?: number }): Promise<{ id: string }>;
  receive(options?: ReceiveOptions): Promise<QueueMessage[]>;
  /** The message was handled. A stale receipt: ApiError `receipt-stale` (409). */
  delete(receipt: string): Promise<void>;
  /** Hide the message for this long from now. A stale receipt: ApiError `receipt-stale` (409). */
  extend(receipt: string, visibilitySeconds: number): Promise<void>;
  /** Handling failed: visible again after the delay (default 0); `reason` is kept for dead-letter. */
  release(receipt: string, options: { reason: string; delaySeconds?: number }): Promise<void>;
  depth(): Promise<QueueDepth>;
  /** At most `limit` of them: default 100, maximum 1000. */
  deadLetters(options?: { limit?: number }): Promise<DeadLetter[]>;
  /** Answers receives that wait with nothing; afterwards every call is refused with `queue-closed` (503). */
  close(): Promise<void>;
}
