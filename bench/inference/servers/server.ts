import type { BenchModel } from "../models/bench-model.ts";
import type { Program } from "../processes.ts";
import type { Encoding, ServerName } from "../row.ts";

/** A server that can be measured. */
export interface Server {
  name: ServerName;
  /** Why it is never asked with an encoding. */
  unsupported?: Partial<Record<Encoding, string>>;
  /** Installs what is missing. @throws SetUpError that says what to install first */
  install?(): Promise<void>;
  start(task: ServerTask): Promise<RunningServer>;
}

export interface ServerTask {
  model: BenchModel;
  /** Where the model's ONNX file is. */
  modelFile: string;
  encoding: Encoding;
  /** Held to this processor; undefined: it may use all. */
  core: number | undefined;
  /** An empty folder of its own. */
  folder: string;
}

export interface RunningServer {
  program: Program;
  url: string;
  /** The model's sample, encoded. */
  request: { path: string; headers: Record<string, string>; body: Buffer };
  /** The output's numbers in an answer. */
  readAnswer(headers: Headers, body: Buffer): number[];
}
