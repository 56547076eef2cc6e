import { StringDecoder } from "node:string_decoder";
import { maximumOutputsBytes } from "./container-runner.ts";

/** A line of the log that begins so and goes on with a JSON object holds outputs; of several the last one counts. */
export const outputLine = "::skyloom-outputs::";

export interface OutputLines {
  /** Takes a part of the log, wherever it is cut. */
  append(part: string | Uint8Array): void;
  /** The JSON of the last such line. */
  last(): string | undefined;
}

/** Looks for output lines in a log that comes in parts, holding no more of it than one line may have. */
export function createOutputLines(): OutputLines {
  const decoder = new StringDecoder("utf8");
  const maximum = outputLine.length + maximumOutputsBytes;
  let line = "";
  let found: string | undefined;
  let isTooLong = false;

  function endLine(): void {
    if (!isTooLong && line.startsWith(outputLine)) found = line.slice(outputLine.length).trimEnd();
    line = "";
    isTooLong = false;
  }

  function extend(text: string): void {
    if (isTooLong) return;
    line += text;
    // Most lines are no outputs: nothing of those need be kept.
    const begun = line.slice(0, outputLine.length);
    isTooLong = line.length > maximum || !outputLine.startsWith(begun);
    if (isTooLong) line = "";
  }

  return {
    append(part) {
      const text = typeof part === "string" ? part : decoder.write(Buffer.from(part));
      const [first = "", ...others] = text.split("\n");
      extend(first);
      for (const other of others) {
        endLine();
        extend(other);
      }
    },
    last() {
      endLine();
      return found;
    },
  };
}
