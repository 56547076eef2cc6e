// Receives: URL VISIBILITY_SECONDS hold|delete. Prints each body; ends when there is nothing more, or holds on.
import { createQueue } from "../../../runtime/queue/create-queue.ts";
import { print } from "./start.ts";

const [url, visibilitySeconds, what] = process.argv.slice(2);
const queue = await createQueue(String(url));
const options = { maximum: 3, visibilitySeconds: Number(visibilitySeconds), waitSeconds: 1 };
for (
  let messages = await queue.receive(options);
  messages.length > 0;
  messages = await queue.receive(options)
)
  for (const { body, receipt } of messages) {
    print(body);
    if (what === "delete") await queue.delete(receipt);
  }
// Until it is killed, where it is to hold what it has received.
if (what === "hold") setInterval(() => undefined, 60_000);
else await queue.close();
