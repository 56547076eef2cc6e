import type { ContainerUsage } from "../container-runner.ts";
import type { DockerApi } from "./docker-api.ts";
import { jsonLines } from "./json-lines.ts";

interface Sample {
  cpu_stats?: { cpu_usage?: { total_usage?: number } };
  memory_stats?: { usage?: number; max_usage?: number };
}

const nanosecondsPerSecond = 1e9;

/** Follows what a container uses, as the engine samples it once a second; what came last is what is known at the end. */
export function measure(api: DockerApi, id: string, signal: AbortSignal): { usage(): ContainerUsage } {
  let cpuSeconds: number | undefined;
  let peakMemoryBytes: number | undefined;

  async function follow(): Promise<void> {
    const stream = await api.stream("GET", `/containers/${id}/stats`, { query: { stream: "true" }, signal });
    for await (const { cpu_stats, memory_stats } of jsonLines<Sample>(stream)) {
      const cpu = cpu_stats?.cpu_usage?.total_usage;
      // After the end there are samples of nothing.
      if (cpu !== undefined && cpu > 0) cpuSeconds = cpu / nanosecondsPerSecond;
      const memory = memory_stats?.max_usage ?? memory_stats?.usage;
      if (memory !== undefined) peakMemoryBytes = Math.max(peakMemoryBytes ?? 0, memory);
    }
  }

  // Measuring is worth no failure.
  follow().catch(() => undefined);
  return {
    usage: () => ({
      ...(cpuSeconds !== undefined && { cpuSeconds }),
      ...(peakMemoryBytes !== undefined && { peakMemoryBytes }),
    }),
  };
}
