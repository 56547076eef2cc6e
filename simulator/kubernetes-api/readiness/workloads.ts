import { isProperties, type Properties, textAt, valueAt } from "../../values.ts";
import { condition, isCondition, listAt, numberAt, type Objects } from "../objects.ts";
import { latest, warningsAbout } from "./events.ts";
import { explainPods } from "./pods.ts";
import { combine, type NotReady, notReady, READY, type Verdict } from "./verdict.ts";

/** What admission says of a pod's security does not change by waiting; a quota may. */
const SECURITY_SECONDS = 5;
const REFUSED_POD_SECONDS = 30;

export async function deploymentReadiness(deployment: Properties, objects: Objects): Promise<Verdict> {
  if (!isObserved(deployment)) return notReady("the controller has not seen it yet");
  if (valueAt(deployment, ["spec", "paused"]) === true) return READY;
  const wanted = numberAt(deployment, "spec.replicas") ?? 1;
  const count = (name: string) => numberAt(deployment, `status.${name}`) ?? 0;
  const isNew = count("updatedReplicas") >= wanted && count("replicas") <= count("updatedReplicas");
  if (isNew && count("availableReplicas") >= wanted) return READY;
  const pods = await newestPods(deployment, objects);
  const causes = [
    ...refusals(condition(deployment, "ReplicaFailure")),
    ...(await explainPods(pods, objects)),
  ];
  const available = pods.filter((pod) => isCondition(pod, "Ready")).length;
  const summary =
    isNew || count("updatedReplicas") < wanted
      ? `${available} of ${wanted} replicas of this version are ready`
      : `${count("replicas") - count("updatedReplicas")} replicas of the version before are still there`;
  const progressing = condition(deployment, "Progressing");
  const isLate = progressing?.reason === "ProgressDeadlineExceeded";
  return isLate ? { ...combine(summary, causes), hopelessAfterSeconds: 0 } : combine(summary, causes);
}

/** Pods of the replica set that belongs to the template as it is now. */
async function newestPods(deployment: Properties, objects: Objects): Promise<Properties[]> {
  const labelSelector = selectorOf(deployment);
  const namespace = textAt(deployment, "metadata.namespace") ?? "";
  const revision = valueAt(deployment, ["metadata", "annotations", REVISION]);
  const sets = await objects.list("apps/v1", "ReplicaSet", namespace, { labelSelector });
  const newest = sets.find((set) => valueAt(set, ["metadata", "annotations", REVISION]) === revision);
  const hash = valueAt(newest, ["metadata", "labels", "pod-template-hash"]);
  const pods = await objects.list("v1", "Pod", namespace, { labelSelector });
  return pods.filter((pod) => valueAt(pod, ["metadata", "labels", "pod-template-hash"]) === hash);
}

const REVISION = "deployment.kubernetes.io/revision";

export async function statefulSetReadiness(set: Properties, objects: Objects): Promise<Verdict> {
  if (!isObserved(set)) return notReady("the controller has not seen it yet");
  const wanted = numberAt(set, "spec.replicas") ?? 1;
  const count = (name: string) => numberAt(set, `status.${name}`) ?? 0;
  const partition = numberAt(set, "spec.updateStrategy.rollingUpdate.partition") ?? 0;
  const isRolling = textAt(set, "spec.updateStrategy.type") !== "OnDelete";
  const isNew = !isRolling || count("updatedReplicas") >= wanted - partition;
  if (isNew && count("readyReplicas") >= wanted && count("replicas") === wanted) return READY;
  const summary = `${count("readyReplicas")} of ${wanted} replicas are ready${isNew ? "" : `, ${count("updatedReplicas")} of this version`}`;
  return await explainOwner(set, summary, objects);
}

export async function daemonSetReadiness(set: Properties, objects: Objects): Promise<Verdict> {
  if (!isObserved(set)) return notReady("the controller has not seen it yet");
  const count = (name: string) => numberAt(set, `status.${name}`) ?? 0;
  const wanted = count("desiredNumberScheduled");
  const isRolling = textAt(set, "spec.updateStrategy.type") !== "OnDelete";
  const isNew = !isRolling || count("updatedNumberScheduled") >= wanted;
  if (isNew && count("numberAvailable") >= wanted) return READY;
  return await explainOwner(
    set,
    `${count("numberAvailable")} of ${wanted} nodes have a pod that is ready`,
    objects,
  );
}

export async function jobReadiness(job: Properties, objects: Objects): Promise<Verdict> {
  if (isCondition(job, "Complete") || valueAt(job, ["spec", "suspend"]) === true) return READY;
  const failed = condition(job, "Failed");
  const succeeded = numberAt(job, "status.succeeded") ?? 0;
  const summary = failed
    ? `the job failed: ${textAt(failed, "message") ?? textAt(failed, "reason")}`
    : `${succeeded} of ${numberAt(job, "spec.completions") ?? 1} pods have done their work`;
  const verdict = await explainOwner(job, summary, objects);
  return failed ? { ...verdict, hopelessAfterSeconds: 0 } : verdict;
}

/** The controller's own trouble in making pods, and that of the pods. */
async function explainOwner(owner: Properties, summary: string, objects: Objects): Promise<NotReady> {
  const namespace = textAt(owner, "metadata.namespace") ?? "";
  const pods = await objects.list("v1", "Pod", namespace, { labelSelector: selectorOf(owner) });
  const events = await warningsAbout(owner, objects);
  const refused = latest(events, "FailedCreate");
  const isPodMissing = pods.length === 0;
  const causes = [
    ...(isPodMissing && refused ? refusals({ message: refused }) : []),
    ...(await explainPods(pods, objects)),
  ];
  return combine(summary, causes);
}

/** Admission refuses the pods: quota, Pod Security, a missing service account. */
function refusals(failure: Properties | undefined): NotReady[] {
  const message = textAt(failure, "message");
  if (message === undefined) return [];
  const words = message.replace(/^.*?error creating: /i, "").replace(/^create Pod .*? failed error: /, "");
  const isSecurity = /violates PodSecurity/.test(message);
  return [notReady(`no pod may be made: ${words}`, isSecurity ? SECURITY_SECONDS : REFUSED_POD_SECONDS)];
}

function isObserved(object: Properties): boolean {
  return (
    (numberAt(object, "status.observedGeneration") ?? 0) >= (numberAt(object, "metadata.generation") ?? 0)
  );
}

/** matchLabels and matchExpressions as a label selector in text. */
function selectorOf(owner: Properties): string {
  const labels = valueAt(owner, ["spec", "selector", "matchLabels"]);
  const equal = Object.entries(isProperties(labels) ? labels : {}).map(([name, value]) => `${name}=${value}`);
  const expressions = listAt(owner, "spec.selector.matchExpressions").map(expressionText);
  return [...equal, ...expressions].join(",");
}

function expressionText(expression: Properties): string {
  const key = textAt(expression, "key") ?? "";
  const values = Array.isArray(expression.values) ? expression.values.join(",") : "";
  switch (expression.operator) {
    case "In":
      return `${key} in (${values})`;
    case "NotIn":
      return `${key} notin (${values})`;
    case "DoesNotExist":
      return `!${key}`;
    default:
      return key;
  }
}
