import type { V1ContainerStateTerminated, V1Job, V1Pod } from "@kubernetes/client-node";
import { finalError, passingError, timeLimitError } from "../container-errors.ts";
import type { ContainerRequest, ContainerUsage } from "../container-runner.ts";
import { outputsTooLarge } from "../outputs.ts";
import { containerName } from "./job.ts";

/** What the kubelet keeps of a termination message, from its end. */
export const maximumFileBytes = 4096;

export interface Outcome {
  exitCode: number;
  /** What it wrote to SKYLOOM_OUTPUTS. */
  file: string | undefined;
  usage: ContainerUsage;
}

/**
 * How an attempt ended; undefined while it has not.
 * @param job undefined: it is gone
 * @throws ApiError `container-timeout` (504), `container-out-of-memory`, `container-lost` (503), `outputs-too-large`,
 * `container-not-startable` (422)
 */
export function outcomeOf(
  job: V1Job | undefined,
  pod: V1Pod | undefined,
  request: ContainerRequest,
): Outcome | undefined {
  if (pod?.status?.reason === "DeadlineExceeded") throw timeLimitError(request.timeLimitSeconds);
  const terminated = stateOf(pod)?.terminated;
  // A pod that was pushed off its node ends, too; what it wrote until then is not what it was meant to.
  if (pod?.status?.phase === "Failed" && (terminated === undefined || isDisrupted(pod))) throw lost(pod, job);
  if (terminated !== undefined) return ended(terminated, request);
  if (job === undefined) throw passingError("container-lost", "its job was removed by somebody else");
  const failed = job.status?.conditions?.find(({ type, status }) => type === "Failed" && status === "True");
  if (failed === undefined) return undefined;
  throw failed.reason === "DeadlineExceeded" ? timeLimitError(request.timeLimitSeconds) : lost(pod, job);
}

/** Why a container ends that never ran, as the runtimes of containers call it. */
const notStartable = new Set(["StartError", "ContainerCannotRun"]);

export function stateOf(pod: V1Pod | undefined) {
  return pod?.status?.containerStatuses?.find(({ name }) => name === containerName)?.state;
}

function isDisrupted(pod: V1Pod): boolean {
  return pod.status?.conditions?.some(({ type }) => type === "DisruptionTarget") === true;
}

function ended(state: V1ContainerStateTerminated, { resources }: ContainerRequest): Outcome {
  if (state.reason === "OOMKilled")
    throw passingError(
      "container-out-of-memory",
      `the container wanted more memory than ${resources.memory === undefined ? "its node has" : `its ${resources.memory} bytes`}: raise resources.memory of the task`,
    );
  if (notStartable.has(state.reason ?? ""))
    throw finalError(
      "container-not-startable",
      `the container cannot be started: ${state.message ?? state.reason}`,
    );
  const file = state.message;
  if (state.exitCode === 0 && file !== undefined && Buffer.byteLength(file) >= maximumFileBytes)
    throw outputsTooLarge(maximumFileBytes - 1);
  return { exitCode: state.exitCode, file, usage: usageOf(state, resources.gpu ?? 0) };
}

function usageOf({ startedAt, finishedAt }: V1ContainerStateTerminated, gpus: number): ContainerUsage {
  if (gpus === 0 || startedAt === undefined || finishedAt === undefined) return {};
  const seconds = (new Date(finishedAt).getTime() - new Date(startedAt).getTime()) / 1000;
  return { gpuSeconds: Math.max(0, seconds) * gpus };
}

function lost(pod: V1Pod | undefined, job: V1Job | undefined) {
  const condition = pod?.status?.conditions?.find(({ type }) => type === "DisruptionTarget");
  const failed = job?.status?.conditions?.find(({ type }) => type === "Failed");
  const told = condition?.message ?? pod?.status?.message ?? pod?.status?.reason ?? failed?.message;
  return passingError("container-lost", `the container's pod was lost: ${told ?? "nobody says why"}`);
}
