// Writes until it is killed: URL. Prints the number of each write that was acknowledged.
import { Readable } from "node:stream";
import { createObjectStore } from "../../../runtime/object-store/create-object-store.ts";
import { contentOf, sharedKey } from "./object-content.ts";
import { print } from "./start.ts";

const store = await createObjectStore(String(process.argv[2]));
for (let number = 1; ; number += 1) {
  await store.put(`written/${number}`, Readable.from(contentOf(number)));
  await store.put(sharedKey, Readable.from(contentOf(number)));
  print(number);
}
