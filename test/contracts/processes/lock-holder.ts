// Holds the lock of a bucket until it is killed: FILE. Prints when it has it.
import { createFolderLock } from "../../../runtime/object-store/local-lock.ts";
import { print } from "./start.ts";

await createFolderLock(String(process.argv[2])).hold(undefined, async () => {
  print("held");
  await new Promise((resolve) => setTimeout(resolve, 600_000));
});
