import type { QueueLimits } from "./queue.ts";

/** Characters of a message's text, which is what Azure counts: all of them are ASCII here. */
const maximumTextLength = 64 * 1024;

/**
 * A body takes four characters for three bytes, and leaves 5459 for what the driver notes. Seven days are the
 * service's limit (https://learn.microsoft.com/rest/api/storageservices/put-message).
 */
export const azureStorageQueueLimits: QueueLimits = {
  maximumMessageBytes: 44 * 1024,
  maximumVisibilitySeconds: 604_800,
  maximumDelaySeconds: 604_800,
};

/** What the driver notes with a message, as Storage Queue keeps nothing but its text. */
export interface MessageNote {
  /** Why the delivery of this number was released. */
  reason: string;
  delivery: number;
  /** Of a dead letter: what the message was before. */
  id?: string;
  /** Milliseconds since 1970. */
  enqueuedAt?: number;
}

/**
 * `BODY` or `BODY.NOTE`, both in base64: the text travels in XML, which takes no control characters. The reason is cut
 * to what the body leaves. Undefined where it leaves too little: a message from elsewhere, of which the service took
 * more than this driver does.
 */
export function encodeText(body: string, note?: MessageNote): string | undefined {
  const encoded = Buffer.from(body).toString("base64");
  if (note === undefined) return encoded;
  for (let reason = note.reason.toWellFormed(); ; reason = reason.slice(0, reason.length * 0.8)) {
    const text = `${encoded}.${Buffer.from(JSON.stringify({ ...note, reason })).toString("base64url")}`;
    if (text.length <= maximumTextLength) return text;
    if (reason === "") return undefined;
  }
}

/** A text that this driver has not written is a body as it is. */
export function decodeText(text: string): { body: string; note: MessageNote | undefined } {
  const [, encoded, note] = /^([A-Za-z0-9+/]+={0,2})(?:\.([A-Za-z0-9_-]+))?$/.exec(text) ?? [];
  const body =
    encoded !== undefined && encoded.length % 4 === 0 ? utf8(Buffer.from(encoded, "base64")) : undefined;
  return body === undefined ? { body: text, note: undefined } : { body, note: parseNote(note) };
}

function utf8(bytes: Buffer): string | undefined {
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    return undefined;
  }
}

function parseNote(encoded: string | undefined): MessageNote | undefined {
  if (encoded === undefined) return undefined;
  try {
    return JSON.parse(Buffer.from(encoded, "base64url").toString()) as MessageNote;
  } catch {
    return undefined;
  }
}
