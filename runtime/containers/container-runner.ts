import type { Json } from "../workflows/workflow.ts";

/** One attempt of a task that runs a container. */
export interface ContainerRequest {
  runId: string;
  /** Of the run; `TASK/ITEM` for an item of it. */
  task: string;
  /** 1 at the first. Run, task and attempt together name the container: the same three never make a second one. */
  attempt: number;
  /** By tag or digest, e.g. `ghcr.io/owner/name:1.2` or `name@sha256:…`. */
  image: string;
  /** Instead of the image's entry point. Default: that. */
  command?: string[] | undefined;
  /** Default: those of the image, or none where `command` is given. */
  arguments?: string[] | undefined;
  environment: Record<string, string>;
  /** Variables whose values stand nowhere but in the container's environment. */
  secrets: Record<string, string>;
  /** As JSON in the file that SKYLOOM_INPUTS names; at most `maximumInputsBytes`. */
  inputs: unknown;
  resources: ContainerResources;
  /** From the container's start; waiting for a node or an image does not count. Default: none. */
  timeLimitSeconds?: number | undefined;
  /** After so long it is of no use any more, also where no runtime is there to end it; a back end may not know of it. */
  deadlineSeconds?: number | undefined;
}

/** What is absent is not limited, and nothing is held back for it. */
export interface ContainerResources {
  /** Cores. */
  cpu?: number | undefined;
  /** Bytes. */
  memory?: number | undefined;
  /** Bytes of local disk: /tmp and the log. */
  storage?: number | undefined;
  gpu?: number | undefined;
  /** Accelerator's name; absent: any. */
  gpuType?: string | undefined;
}

export interface ContainerOptions {
  /** Aborted: the container is removed with all that belongs to it, and `run` rejects with the signal's reason. */
  signal: AbortSignal;
  /** Aborted: `run` rejects with its reason and leaves the container to the next `run` of the same attempt. */
  detach?: AbortSignal | undefined;
  /**
   * What the container prints, as it comes, and a line for whatever it waits for. Where a container of before is found
   * again, from its beginning.
   */
  log(text: string | Uint8Array): void;
}

export interface ContainerUsage {
  /** Time of all processors together. */
  cpuSeconds?: number;
  peakMemoryBytes?: number;
  /** Devices held, times the seconds for which. */
  gpuSeconds?: number;
}

export interface ContainerResult {
  /** 128 and the signal's number where a signal ended it. */
  exitCode: number;
  /**
   * What was written to the file that SKYLOOM_OUTPUTS names, or told in the log (output-line.ts); `{}` if nothing, and
   * where the exit code is not 0.
   */
  outputs: Record<string, Json>;
  /** As far as it can be measured there. */
  usage: ContainerUsage;
}

/** Runs containers for tasks; what a back end limits is declared, what it cannot do it tells by an error. */
export interface ContainerRunner {
  /** For messages and logs. */
  readonly name: string;
  /**
   * Runs a container to its end, or goes on with the one that an earlier call for the same attempt started. A success of
   * before is found again, for some hours; of a failure nothing is left, so that the same attempt may be made again.
   * @throws ApiError `invalid-image`, `image-not-found`, `container-not-startable`, `unknown-accelerator`, `container-refused`,
   * `inputs-too-large`, `outputs-too-large`, `invalid-outputs` (422): again would give the same; `container-timeout`
   * (504), `container-out-of-memory`, `container-lost`, `containers-unavailable` (503): it may not
   */
  run(request: ContainerRequest, options: ContainerOptions): Promise<ContainerResult>;
  /**
   * Removes the containers of ended runs, running or not, and what killed processes of this runtime left.
   * @param isEnded also true for runs that nobody knows any more
   * @returns how many
   */
  removeLeftovers(isEnded: (runId: string) => Promise<boolean>): Promise<number>;
  close(): Promise<void>;
}

/** Bytes of JSON. */
export const maximumInputsBytes = 256 * 1024;
/** Bytes of JSON in all, from the log; how much a file may hold depends on the back end. */
export const maximumOutputsBytes = 256 * 1024;
