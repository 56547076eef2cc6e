// Sends more than the disk takes: FOLDER. Prints what happened.
import { rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { ApiError } from "../../../runtime/errors.ts";
import { createLocalQueue } from "../../../runtime/queue/local.ts";
import { print } from "./start.ts";

const disk = String(process.argv[2]);
const codeOf = (error: unknown) =>
  error instanceof ApiError ? `${error.status} ${error.code}` : String(error);
await writeFile(join(disk, "filler"), Buffer.alloc(8 << 20, 1));
const queue = createLocalQueue({ file: join(disk, "queue.db") });

const acknowledged: string[] = [];
for (let failure: string | undefined; failure === undefined; ) {
  const body = `${acknowledged.length}:${"x".repeat(50_000)}`;
  failure = await queue.send(body).then(() => undefined, codeOf);
  if (failure === undefined) acknowledged.push(body);
  else print({ send: failure });
}
await writeFile(join(disk, "more"), Buffer.alloc(64 << 20, 1)).catch(() => undefined);
print({ opened: await opened(join(disk, "another.db")) });
await rm(join(disk, "more"));
await rm(join(disk, "filler"));
const after = "sent afterwards";
await queue.send(after);

const received: string[] = [];
for (let messages = await queue.receive({ maximum: 10 }); messages.length > 0; ) {
  for (const { body, receipt } of messages) {
    received.push(body);
    await queue.delete(receipt);
  }
  messages = await queue.receive({ maximum: 10 });
}
print({
  wasAnyAcknowledged: acknowledged.length > 3,
  areAllThere: received.sort().join() === [...acknowledged, after].sort().join(),
});

async function opened(file: string): Promise<string> {
  try {
    await createLocalQueue({ file }).close();
    return "done";
  } catch (error) {
    return codeOf(error);
  }
}
