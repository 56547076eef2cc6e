import type { Readable } from "node:stream";
import { buffer } from "node:stream/consumers";
import { extract, pack } from "tar-stream";
import { inputsText, outputsTooLarge } from "../outputs.ts";
import { outputsFolder } from "./container.ts";

/** What the exchange folder holds before the container starts: the inputs, and a folder that it may write to. */
export async function exchangeArchive(inputs: unknown): Promise<Uint8Array> {
  const archive = pack();
  archive.entry({ name: "inputs.json", mode: 0o444 }, inputsText(inputs));
  archive.entry({ name: `${outputsFolder}/`, type: "directory", mode: 0o777 });
  archive.finalize();
  return await buffer(archive);
}

/** The text of the one file of an archive. @throws ApiError `outputs-too-large` (422) */
export async function fileInArchive(stream: Readable, maximumBytes: number): Promise<string | undefined> {
  const archive = stream.pipe(extract());
  stream.once("error", (error) => archive.destroy(error));
  for await (const entry of archive) {
    if (entry.header.type !== "file") {
      entry.resume();
      continue;
    }
    if ((entry.header.size ?? 0) > maximumBytes) {
      stream.destroy();
      throw outputsTooLarge(maximumBytes);
    }
    return (await buffer(entry)).toString("utf8");
  }
  return undefined;
}
