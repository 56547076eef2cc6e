// The process that makes the load: takes orders from its parent, one after the other.
import { LoadError, runClosedLoop } from "./closed-loop.ts";
import type { LoadOrder, LoadReply } from "./messages.ts";

process.on("message", async (order: LoadOrder) => process.send?.(await answer(order)));
process.on("disconnect", () => process.exit());

async function answer(order: LoadOrder): Promise<LoadReply> {
  try {
    return { figures: await runClosedLoop(order) };
  } catch (error) {
    return {
      error: (error as Error).message,
      status: error instanceof LoadError ? error.status : undefined,
    };
  }
}
