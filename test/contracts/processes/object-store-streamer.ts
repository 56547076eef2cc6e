// Streams an object in and out: URL MEBIBYTES. Prints the bytes that came out, and how far memory grew at most.
import { Readable } from "node:stream";
import { createObjectStore } from "../../../runtime/object-store/create-object-store.ts";
import { print } from "./start.ts";

const store = await createObjectStore(String(process.argv[2]));
await store.put("warm-up", Readable.from([Buffer.alloc(1 << 20)]));
const before = process.memoryUsage.rss();
let peak = before;
const measure = setInterval(() => {
  peak = Math.max(peak, process.memoryUsage.rss());
}, 5);

function* content() {
  for (let mebibyte = 0; mebibyte < Number(process.argv[3]); mebibyte += 1)
    yield Buffer.alloc(1 << 20, mebibyte);
}
await store.put("large", Readable.from(content()));
let bytes = 0;
for await (const chunk of (await store.getStream("large"))?.body ?? []) bytes += chunk.length;
clearInterval(measure);
print({ bytes, grownMebibytes: (peak - before) / (1 << 20) });
