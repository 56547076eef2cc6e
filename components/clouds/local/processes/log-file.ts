import { closeSync, existsSync, fstatSync, openSync, readSync, renameSync, statSync } from "node:fs";

/** A log larger than this becomes FILE.1 at the next start. 10 MB. */
export const rotateBytes = 10_000_000;
const TAIL_BYTES = 8192;

export interface OpenLog {
  descriptor: number;
  /** Where the log of this start begins, in bytes. */
  offset: number;
}

/** Opens for appending; the caller closes the descriptor. */
export function openLog(file: string, maximumBytes = rotateBytes): OpenLog {
  if (existsSync(file) && statSync(file).size > maximumBytes) renameSync(file, `${file}.1`);
  const descriptor = openSync(file, "a", 0o600);
  return { descriptor, offset: fstatSync(descriptor).size };
}

/** The last lines after the offset, with every secret struck out. */
export function lastLines(file: string, offset: number, secrets: string[], count = 15): string {
  const descriptor = openSync(file, "r");
  try {
    const { size } = fstatSync(descriptor);
    const start = Math.max(offset, size - TAIL_BYTES);
    const buffer = Buffer.alloc(Math.max(0, size - start));
    readSync(descriptor, buffer, 0, buffer.length, start);
    const lines = redact(buffer.toString("utf8"), secrets).trimEnd().split("\n");
    // The first line may begin in the middle of a secret.
    if (start > offset) lines.shift();
    return lines.slice(-count).join("\n");
  } finally {
    closeSync(descriptor);
  }
}

export function redact(text: string, secrets: string[]): string {
  return secrets
    .filter((secret) => secret !== "")
    .reduce((redacted, secret) => redacted.replaceAll(secret, "[secret]"), text);
}
