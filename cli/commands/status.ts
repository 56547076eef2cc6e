import type { Command } from "commander";
import type { QueueDepth } from "../../runtime/queue/queue.ts";
import { hasObjects, stackAccess } from "../cluster/stack-access.ts";
import { begin, type CommonOptions, withCommonOptions } from "../options.ts";
import { NegativeAnswer, type Output, styled, table } from "../output.ts";
import { type ResourceState, stackResources } from "../pulumi.ts";
import { createRuntimeClient } from "../runtime-client.ts";
import type { Target } from "../target.ts";

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
  const target = { ...options, offline: false };
  const resources = await stackResources(target);
  if (hasObjects(resources)) return await clusterStatus(target, resources, output);
  const processes = await Promise.all(resources.filter(isProcess).map(processStatus));
  const endpoint = endpointOf(resources);
  const queue = endpoint === undefined ? undefined : await queueDepth(String(endpoint));
  const healthy = processes.length > 0 && processes.every((one) => one.healthy);
  output.document({ stack: options.stack, healthy, endpoint, processes, queue });
  if (processes.length === 0)
    throw new NegativeAnswer(`${options.stack} is down; npm run up -- -s ${options.stack}`);
  const rows = processes.map(({ name, pid, healthy: ok, detail }) => [
    name,
    String(pid ?? ""),
    health(ok),
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

/** The runtime is reached inside of the cluster only, so the API server is asked. */
async function clusterStatus(target: Target, resources: ResourceState[], output: Output): Promise<void> {
  const access = await stackAccess(target, resources);
  // Loaded here, so that other commands do not wait for it.
  const { workloadStatuses } = await import("../cluster/workload-status.ts");
  const workloads = await workloadStatuses(access, resources);
  const healthy = workloads.every((one) => one.healthy);
  output.document({ stack: target.stack, healthy, endpoint: endpointOf(resources), workloads });
  const rows = workloads.map(({ name, ready, wanted, healthy: ok, reason }) => [
    name,
    `${ready} of ${wanted}`,
    health(ok),
    reason,
  ]);
  output.line(table([["WORKLOAD", "READY", "STATE", "WHY"], ...rows]));
  if (!healthy) throw new NegativeAnswer(`not everything of ${target.stack} is ready`);
}

const endpointOf = (resources: ResourceState[]) =>
  resources.find(({ type }) => type === "pulumi:pulumi:Stack")?.outputs?.endpoint;

const health = (ok: boolean) => (ok ? styled("green", "healthy") : styled("red", "not healthy"));

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
