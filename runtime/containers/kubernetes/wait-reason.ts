import type { CoreV1Event, V1ContainerStateWaiting, V1Job, V1Pod } from "@kubernetes/client-node";
import { containerName } from "./job.ts";

export interface Waiting {
  /** For people: why it does not run yet. */
  reason: string;
  /** It will never run; undefined: it may. */
  never?: { code: "invalid-image" | "image-not-found" | "container-not-startable" };
}

/** Reasons of a waiting container that another attempt would meet again. */
const never: Record<string, NonNullable<Waiting["never"]>["code"]> = {
  InvalidImageName: "invalid-image",
  ErrImageNeverPull: "image-not-found",
  CreateContainerConfigError: "container-not-startable",
};
/** Registries have no code for it that reaches us; whatever else keeps an image away may pass. */
const notFound = /not found|manifest unknown|does not exist|repository name not known/i;

/**
 * Why an attempt's container is not running, from the conditions of its Job and pod, the state of the container and
 * events; undefined when nothing tells.
 */
export function waitReason(job: V1Job, pod: V1Pod | undefined, events: CoreV1Event[]): Waiting | undefined {
  const newest = events.toSorted((one, other) => timeOf(other) - timeOf(one));
  if (pod === undefined) return jobReason(job, newest);
  const unscheduled = pod.status?.conditions?.find(
    ({ type, status }) => type === "PodScheduled" && status === "False",
  );
  if (unscheduled !== undefined) return unschedulable(unscheduled.message, newest);
  const waiting = pod.status?.containerStatuses?.find(({ name }) => name === containerName)?.state?.waiting;
  const warning = newest.find(({ type }) => type === "Warning")?.message;
  if (waiting?.reason === "ContainerCreating" || waiting === undefined) {
    const told = warning ?? newest[0]?.message;
    return told === undefined ? undefined : { reason: told };
  }
  return containerReason(waiting, warning);
}

function unschedulable(condition: string | undefined, events: CoreV1Event[]): Waiting {
  // A node autoscaler tells by an event whether a node comes.
  const scaling = events.find(
    ({ reason }) => reason === "TriggeredScaleUp" || reason === "NotTriggerScaleUp",
  );
  const told = [condition, scaling?.message].filter((text) => text !== undefined && text !== "");
  return { reason: `no node has room for it: ${told.join("; ")}` };
}

function containerReason({ reason = "", message }: V1ContainerStateWaiting, warning?: string): Waiting {
  const told = [reason, message ?? warning].filter((text) => text !== undefined && text !== "").join(": ");
  const isPull = reason === "ErrImagePull" || reason === "ImagePullBackOff";
  const isMissing = isPull && notFound.test(`${message} ${warning}`);
  const code = isMissing ? "image-not-found" : never[reason];
  return { reason: told, ...(code !== undefined && { never: { code } }) };
}

function jobReason(job: V1Job, events: CoreV1Event[]): Waiting | undefined {
  const suspended = job.status?.conditions?.find(
    ({ type, status }) => type === "Suspended" && status === "True",
  );
  if (job.spec?.suspend === true || suspended !== undefined)
    return { reason: `its queue has not admitted it: ${events[0]?.message ?? "the job is suspended"}` };
  const warning = events.find(({ type }) => type === "Warning")?.message;
  return warning === undefined ? undefined : { reason: warning };
}

function timeOf({ lastTimestamp, eventTime, metadata }: CoreV1Event): number {
  return new Date(lastTimestamp ?? eventTime ?? metadata.creationTimestamp ?? 0).getTime();
}
