import { setTimeout as delay } from "node:timers/promises";
import { isFinal, type Run } from "../../../runtime/workflows/run.ts";

/** Asks until the run is as wanted; processes that are being restarted meanwhile are asked again. */
export async function waitForRun(
  read: () => Promise<Run>,
  isWanted: (run: Run) => boolean = (run) => isFinal(run.state),
  seconds = 30,
): Promise<Run> {
  let last: unknown;
  for (const deadline = Date.now() + seconds * 1000; Date.now() < deadline; await delay(10))
    try {
      const run = await read();
      if (isWanted(run)) return run;
      last = run;
    } catch (error) {
      last = error;
    }
  throw new Error(
    `the run is not as wanted after ${seconds} s: ${last instanceof Error ? last.message : JSON.stringify(last)}`,
  );
}
