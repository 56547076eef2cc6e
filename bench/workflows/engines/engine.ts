import type { Shape } from "../shapes.ts";

export const engineNames = [
  "skyloom",
  "restate",
  "bullmq",
  "bullmq-everysec",
  "prefect",
  "temporal",
  "temporal-local",
] as const;
export type EngineName = (typeof engineNames)[number];

/** What carries out workflows, beside which Skyloom is set. */
export interface Engine {
  name: EngineName;
  /** How it keeps what happened, where that is not what Skyloom does; for the notes below the table. */
  note?: string;
  /** Gets its programs, once, into a folder that is kept. */
  install?(): Promise<void>;
  start(folder: string): Promise<RunningEngine>;
}

export interface RunningEngine {
  /** Carries the shape out, with all its runs; resolves when the last has ended. */
  carryOut(shape: Shape): Promise<void>;
  stop(): Promise<void>;
}
