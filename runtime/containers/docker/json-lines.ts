import { createInterface } from "node:readline";
import type { Readable } from "node:stream";

/** Objects that come one a line. */
export async function* jsonLines<Line>(stream: Readable): AsyncGenerator<Line> {
  for await (const line of createInterface({ input: stream, crlfDelay: Number.POSITIVE_INFINITY }))
    if (line.trim() !== "") yield JSON.parse(line) as Line;
}
