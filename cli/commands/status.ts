import type { Command } from "commander";
import type { QueueDepth } from "../../runtime/queue/queue.ts";
import { begin, type CommonOptions, withCommonOptions } from "../options.ts";
import { NegativeAnswer, styled, table } from "../output.ts";
import { type ResourceState, stackResources } from "../pulumi.ts";
import { createRuntimeClient } from "../runtime-client.ts";

export function addStatusCommand(program: Command): void {
  withCommonOptions(program.command("status"))
    .description("what of the stack is running; exit status 1 when something is not")
    .action(status);
}

interface ProcessStatus {
  name: string;
  pid: number | undefined;
  healthy: boolean;
  detail: string;
}

async function status(options: CommonOptions): Promise<void> {
  const output = begin(options);
  const resources = await stackResources({ ...options, offline: false });
  const processes = await Promise.all(resources.filter(isProcess).map(processStatus));
  const endpoint = resources.find((one) => one.type === "pulumi:pulumi:Stack")?.outputs?.endpoint;
  const queue = endpoint === undefined ? undefined : await queueDepth(String(endpoint));
  const healthy = processes.length > 0 && processes.every((one) => one.healthy);
  output.document({ stack: options.stack, healthy, endpoint, processes, queue });
  if (processes.length === 0)
    throw new NegativeAnswer(`${options.stack} is down; npm run up -- -s ${options.stack}`);
  const rows = processes.map(({ name, pid, healthy: ok, detail }) => [
    name,
    String(pid ?? ""),
    ok ? styled("green", "healthy") : styled("red", "not healthy"),
    detail,
  ]);
  output.line(table([["PROCESS", "PID", "STATE", "DETAIL"], ...rows]));
  if (queue !== undefined)
    output.line(
      `queue: ${queue.visible ?? "unknown"} waiting, ${queue.inFlight ?? "unknown"} in work, ${queue.deadLettered ?? "unknown"} in dead-letter`,
    );
  if (!healthy)
    throw new NegativeAnswer(`something is not running; npm run up -- -s ${options.stack} starts it again`);
}

const isProcess = (resource: ResourceState): boolean => resource.type === "skyloom:local:Process";

async function processStatus({ outputs = {} }: ResourceState): Promise<ProcessStatus> {
  const name = String(outputs.name);
  const pid = typeof outputs.pid === "number" ? outputs.pid : undefined;
  const url = (outputs.healthCheck as { url?: string } | undefined)?.url;
  if (url === undefined) return { name, pid, healthy: true, detail: "has no health check" };
  try {
    const response = await fetch(url, { signal: AbortSignal.timeout(2000) });
    return { name, pid, healthy: response.ok, detail: response.ok ? url : await response.text() };
  } catch {
    return { name, pid, healthy: false, detail: `${url} does not answer` };
  }
}

async function queueDepth(endpoint: string) {
  const client = createRuntimeClient(endpoint, process.env.SKYLOOM_TOKEN);
  try {
    return await client.request<Partial<QueueDepth>>("GET", "/v1/queue");
  } catch {
    return undefined;
  }
}
