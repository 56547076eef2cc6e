import { setTimeout as delay } from "node:timers/promises";

/** Asks until it is so. @throws Error after a minute */
export async function until(isSo: () => boolean | Promise<boolean>): Promise<void> {
  for (const end = performance.now() + 60_000; performance.now() < end; await delay(20))
    if (await isSo()) return;
  throw new Error(`it is not so after a minute: ${isSo}`);
}
