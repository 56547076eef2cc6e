import { once } from "node:events";
import { Worker } from "node:worker_threads";
import { ApiError, type Problem } from "../../errors.ts";
import { threadResources } from "../../processes/code-range.ts";
import type { describeGraph } from "../describe-graph.ts";

type Described = Awaited<ReturnType<typeof describeGraph>>;

/** From the thread. */
export type DescribeReply =
  | { described: Described }
  | { error: { message: string; status: number; code: string; problems: Problem[] } };

/** As describeGraph, in a thread of its own: to read a large graph blocks. */
export async function describeInThread(file: string): Promise<Described> {
  const thread = new Worker(new URL("./describe-thread.ts", import.meta.url), {
    workerData: file,
    resourceLimits: threadResources,
  });
  try {
    const [reply] = (await once(thread, "message")) as [DescribeReply];
    if ("described" in reply) return reply.described;
    throw new ApiError(reply.error.message, reply.error);
  } finally {
    await thread.terminate();
  }
}
