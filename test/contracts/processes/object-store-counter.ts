// Adds one to a counter, conditionally: URL KEY TIMES. Prints each number that it wrote.
import { ApiError } from "../../../runtime/errors.ts";
import { createObjectStore } from "../../../runtime/object-store/create-object-store.ts";
import { print } from "./start.ts";

const [url, key, times] = process.argv.slice(2);
const store = await createObjectStore(String(url));
for (let written = 0; written < Number(times); ) {
  const current = await store.get(String(key));
  const next = Number(current === undefined ? 0 : Buffer.from(current.body).toString()) + 1;
  try {
    await store.put(String(key), String(next), current ? { ifMatch: current.etag } : { ifNoneMatch: "*" });
    print(next);
    written += 1;
  } catch (error) {
    if (!(error instanceof ApiError && error.code === "precondition-failed")) throw error;
  }
}
