import { parentPort, workerData } from "node:worker_threads";
import { ApiError, errorMessage } from "../../errors.ts";
import { describeGraph } from "../describe-graph.ts";
import type { DescribeReply } from "./describe-in-thread.ts";

/*
 * The entry of a thread that describes one graph, the file that it is started with.
 */
try {
  reply({ described: await describeGraph(String(workerData)) });
} catch (error) {
  const { status, code, problems } =
    error instanceof ApiError ? error : { status: 500, code: "internal", problems: [] };
  reply({ error: { message: errorMessage(error), status, code, problems } });
}

function reply(content: DescribeReply): void {
  parentPort?.postMessage(content);
}
