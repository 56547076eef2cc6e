import { mkdtempSync } from "node:fs";
import { join } from "node:path";
import { checkAnswer, expectedOutput } from "./answers.ts";
import type { LoadGenerator } from "./load/load-generator.ts";
import { slope } from "./load/statistics.ts";
import { tinyModel } from "./models/tiny.ts";
import { skyloom } from "./servers/skyloom.ts";
import { readGroupUsage } from "./usage.ts";

export interface SoakSample {
  /** Since the warm-up ended. */
  seconds: number;
  requestsPerSecond: number;
  p99Ms: number;
  memoryMb: number;
}

export interface SoakReport {
  samples: SoakSample[];
  /** Of the straight line through the samples; null for fewer than two. */
  slopeMbPerMinute: number | null;
}

const SAMPLE_SECONDS = 30;
const WARM_UP_SECONDS = 30;
const CONCURRENCY = 64;

/** Keeps Skyloom under load, the tiny model with JSON, and looks at its memory every 30 seconds. */
export async function soak(options: {
  minutes: number;
  generator: LoadGenerator;
  folder: string;
  progress: (line: string) => void;
}): Promise<SoakReport> {
  const { minutes, generator, folder, progress } = options;
  const model = tinyModel();
  const own = mkdtempSync(join(folder, "soak-"));
  const server = await skyloom.start({
    model,
    modelFile: "",
    encoding: "json",
    core: undefined,
    folder: own,
  });
  try {
    await checkAnswer(server, await expectedOutput(model));
    const load = (seconds: number) =>
      generator.run({
        url: server.url,
        ...server.request,
        concurrency: CONCURRENCY,
        warmUpSeconds: 0,
        seconds,
      });
    progress(`warming up for ${WARM_UP_SECONDS} s`);
    await load(WARM_UP_SECONDS);
    const samples: SoakSample[] = [];
    for (let seconds = SAMPLE_SECONDS; seconds <= minutes * 60; seconds += SAMPLE_SECONDS) {
      const { requestsPerSecond, p99Ms } = await load(SAMPLE_SECONDS);
      const memoryMb = readGroupUsage(server.program.pid)?.memoryMb;
      if (memoryMb === undefined) throw new Error("the memory of skyloom cannot be read on this system");
      samples.push({ seconds, requestsPerSecond: Math.round(requestsPerSecond), p99Ms, memoryMb });
      progress(`${seconds} s: ${memoryMb} MB, ${Math.round(requestsPerSecond)} requests/s`);
    }
    const perMinute = slope(samples.map(({ seconds, memoryMb }) => ({ x: seconds / 60, y: memoryMb })));
    return { samples, slopeMbPerMinute: perMinute ?? null };
  } finally {
    await server.program.stop();
  }
}

export function soakText({ samples, slopeMbPerMinute }: SoakReport): string {
  const lines = samples.map(
    ({ seconds, memoryMb, requestsPerSecond }) =>
      `${String(seconds).padStart(6)} s  ${memoryMb.toFixed(1).padStart(8)} MB  ${String(requestsPerSecond).padStart(7)} requests/s`,
  );
  const trend = slopeMbPerMinute === null ? "unknown" : `${slopeMbPerMinute.toFixed(2)} MB a minute`;
  return `${lines.join("\n")}\nslope of memory after the warm-up: ${trend}\n`;
}
