// Writes more than the disk takes: FOLDER. Prints what happened.
import { readdir, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { Readable } from "node:stream";
import { ApiError } from "../../../runtime/errors.ts";
import { createLocalObjectStore } from "../../../runtime/object-store/local.ts";
import { print } from "./start.ts";

const disk = String(process.argv[2]);
const folder = join(disk, "bucket");
const store = createLocalObjectStore({ folder });
const codeOf = (error: unknown) =>
  error instanceof ApiError ? `${error.status} ${error.code}` : String(error);
const outcome = (action: Promise<unknown>) => action.then(() => "done", codeOf);
const large = () => Readable.from(Array.from({ length: 64 }, () => Buffer.alloc(1 << 20, 1)));

await store.put("kept", "old");
print({ put: await outcome(store.put("large", large())) });
print({ overwrite: await outcome(store.put("kept", large())) });
print({ kept: Buffer.from((await store.get("kept"))?.body ?? []).toString() });
print({ keys: (await store.list()).objects.map(({ key }) => key) });
print({ temporary: await readdir(join(folder, ".skyloom-bucket/temporary")) });

await writeFile(join(disk, "filler"), Buffer.alloc(64 << 20, 1)).catch(() => undefined);
print({ delete: await outcome(store.delete("kept")) });
print({ deleted: await store.head("kept") });
await rm(join(disk, "filler"));
print({ putAgain: await outcome(store.put("kept", "new")) });
