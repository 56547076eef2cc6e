import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import type { Engine, EngineName, RunningEngine } from "./engines/engine.ts";
import { type Shape, type ShapeName, shapes, taskCount } from "./shapes.ts";

/** One engine with one shape; without figures where it failed. */
export interface Row {
  engine: EngineName;
  shape: ShapeName;
  tasks: number;
  /** Median of the rounds. */
  milliseconds: number | null;
  /** Why there is no figure. */
  failure?: string;
}

export interface MeasureOptions {
  engines: Engine[];
  /** After those that warm up. */
  rounds: number;
  /** For so long each engine carries out a shape before it is measured, and at least once: compilers learn from it. */
  warmUpSeconds: number;
  folder: string;
  progress: (line: string) => void;
}

const turnSeconds = 60;

/**
 * All engines run at the same time, and take turns in each round, so that a machine that slows down slows all of them. One
 * that fails is told and left out.
 */
export async function measure(options: MeasureOptions): Promise<Row[]> {
  const { engines, rounds, warmUpSeconds, folder, progress } = options;
  const running = new Map<EngineName, RunningEngine>();
  const failures = new Map<EngineName, string>();
  const times = new Map<string, number[]>();

  async function attempt(name: EngineName, action: () => Promise<void>): Promise<void> {
    if (failures.has(name)) return;
    try {
      await action();
    } catch (error) {
      const message = (error as Error).message.trim();
      failures.set(name, message);
      progress(`${name} failed: ${message}`);
    }
  }

  async function carryOut(name: EngineName, shape: Shape, round: string): Promise<number> {
    const begun = performance.now();
    await withinTurn(running.get(name)?.carryOut(shape));
    const milliseconds = performance.now() - begun;
    progress(`${shape.name}, ${round}: ${name} ${Math.round(milliseconds)} ms`);
    return milliseconds;
  }

  try {
    for (const engine of engines)
      await attempt(engine.name, async () => {
        progress(`${engine.name}: starting`);
        await engine.install?.();
        const own = join(folder, engine.name);
        mkdirSync(own, { recursive: true });
        running.set(engine.name, await engine.start(own));
      });
    for (const shape of shapes) {
      for (const { name } of engines)
        await attempt(name, async () => {
          const end = performance.now() + warmUpSeconds * 1000;
          do await carryOut(name, shape, "warm-up");
          while (performance.now() < end);
        });
      for (let round = 1; round <= rounds; round++)
        for (const { name } of engines)
          await attempt(name, async () => {
            const milliseconds = await carryOut(name, shape, `round ${round}`);
            const key = `${name} ${shape.name}`;
            times.set(key, [...(times.get(key) ?? []), milliseconds]);
          });
    }
  } finally {
    for (const engine of running.values()) await engine.stop().catch(() => undefined);
  }
  return shapes.flatMap((shape) =>
    engines.map(({ name }): Row => {
      const milliseconds = median(times.get(`${name} ${shape.name}`) ?? []) ?? null;
      const failure = milliseconds === null ? failures.get(name) : undefined;
      return {
        engine: name,
        shape: shape.name,
        tasks: taskCount(shape),
        milliseconds,
        ...(failure && { failure }),
      };
    }),
  );
}

/** @throws Error where it takes too long: the others wait for it in each round */
async function withinTurn(turn: Promise<void> | undefined): Promise<void> {
  const over = new AbortController();
  const limit = delay(turnSeconds * 1000, undefined, { signal: over.signal }).then(() => {
    throw new Error(`it did not end within ${turnSeconds} s`);
  });
  limit.catch(() => undefined);
  try {
    await Promise.race([turn, limit]);
  } finally {
    over.abort();
  }
}

export function median(values: number[]): number | undefined {
  const sorted = [...values].sort((one, other) => one - other);
  const middle = sorted.length / 2;
  if (sorted.length === 0) return undefined;
  return Number.isInteger(middle)
    ? ((sorted[middle - 1] as number) + (sorted[middle] as number)) / 2
    : sorted[Math.floor(middle)];
}
