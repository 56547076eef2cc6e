// Sends until it is killed, or COUNT messages: URL [COUNT]. Prints each body that was acknowledged.
import { createQueue } from "../../../runtime/queue/create-queue.ts";
import { print } from "./start.ts";

const [url, count = "Infinity"] = process.argv.slice(2);
const queue = await createQueue(String(url));
for (let number = 1; number <= Number(count); number += 1) {
  const body = JSON.stringify({ number, padding: "x".repeat(number % 5000) });
  await queue.send(body);
  print(body);
}
await queue.close();
