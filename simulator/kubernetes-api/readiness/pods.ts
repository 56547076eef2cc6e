import { type Properties, textAt } from "../../values.ts";
import { isCondition, listAt, numberAt, type Objects } from "../objects.ts";
import { latest, warningsAbout } from "./events.ts";
import { explainScheduling } from "./scheduling.ts";
import { type NotReady, notReady, READY, type Verdict } from "./verdict.ts";

/** Registries answer so to a name that is wrong or not allowed: a second try does not help. */
const REFUSED_IMAGE =
  /not found|manifest unknown|does not exist|denied|unauthorized|authentication required|forbidden|invalid reference|InvalidImageName|not present with pull policy/i;
const REFUSED_IMAGE_SECONDS = 30;
const UNREACHABLE_REGISTRY_SECONDS = 120;
/** Five starts with the pauses of the kubelet between them take about three minutes. */
const CRASHES_SECONDS = 300;

/** Most problems of many pods are the same: some of them tell enough. */
const PODS_EXPLAINED = 3;

export async function podReadiness(pod: Properties, objects: Objects): Promise<Verdict> {
  const phase = textAt(pod, "status.phase");
  if (phase === "Succeeded" || isCondition(pod, "Ready")) return READY;
  const causes = await explainPod(pod, objects);
  const cause = causes.find(({ hopelessAfterSeconds }) => hopelessAfterSeconds !== undefined) ?? causes[0];
  if (phase === "Failed") return notReady(cause?.message ?? failure(pod), 0);
  return cause ?? notReady(`pod ${textAt(pod, "metadata.name")} is starting`);
}

function failure(pod: Properties): string {
  const reason = [textAt(pod, "status.reason"), textAt(pod, "status.message")].filter(Boolean).join(": ");
  return `pod ${textAt(pod, "metadata.name")} failed${reason && `: ${reason}`}`;
}

/** Why these pods are not ready, those with something to tell first. */
export async function explainPods(pods: Properties[], objects: Objects): Promise<NotReady[]> {
  const waiting = pods.filter(
    (pod) => !isCondition(pod, "Ready") && textAt(pod, "status.phase") !== "Succeeded",
  );
  const found = await Promise.all(waiting.slice(0, PODS_EXPLAINED).map((pod) => explainPod(pod, objects)));
  return found.flat();
}

async function explainPod(pod: Properties, objects: Objects): Promise<NotReady[]> {
  const scheduling = await explainScheduling(pod, objects);
  if (scheduling) return [scheduling];
  const statuses = [
    ...listAt(pod, "status.initContainerStatuses"),
    ...listAt(pod, "status.containerStatuses"),
  ];
  const events = await warningsAbout(pod, objects);
  const found = await Promise.all(statuses.map((status) => explainContainer(pod, status, events, objects)));
  const causes = found.filter((cause) => cause !== undefined);
  if (causes.length > 0) return causes;
  const trouble = latest(events, "FailedMount", "FailedAttachVolume", "FailedCreatePodSandBox", "Evicted");
  return trouble ? [notReady(`pod ${textAt(pod, "metadata.name")}: ${trouble}`)] : [];
}

async function explainContainer(
  pod: Properties,
  status: Properties,
  events: Properties[],
  objects: Objects,
): Promise<NotReady | undefined> {
  const about = `container ${textAt(status, "name")} of pod ${textAt(pod, "metadata.name")}`;
  const reason = textAt(status, "state.waiting.reason") ?? "";
  const message = textAt(status, "state.waiting.message") ?? "";
  if (/Image/.test(reason)) return explainImage(about, status, reason, message, events);
  if (reason === "CrashLoopBackOff" || endedBadly(status))
    return await explainEnd(about, pod, status, objects);
  if (reason !== "" && message !== "" && !/^(ContainerCreating|PodInitializing)$/.test(reason))
    return notReady(`${about} cannot be started: ${message} (${reason})`);
  if (textAt(status, "state.running.startedAt") === undefined || status.ready === true) return undefined;
  const probe = latest(events, "Unhealthy");
  return notReady(`${about} runs, but is not ready${probe ? `: ${probe.trim()}` : ""}`);
}

function explainImage(
  about: string,
  status: Properties,
  reason: string,
  message: string,
  events: Properties[],
): NotReady {
  // While it waits for the next try, older kubelets tell the registry's answer in an event alone.
  const told = events
    .map((event) => textAt(event, "message") ?? "")
    .find((text) => text.startsWith("Failed to pull image"));
  const isBare = /^Back-off pulling image "[^"]*"$/.test(message);
  const answer = (isBare && told ? told : message)
    .replace(/^Back-off pulling image "[^"]*": \w+: /, "")
    .replace(/^Failed to pull image "[^"]*": /, "")
    .replace(/^(rpc error: code = \w+ desc = )/, "")
    .replace(/^failed to pull and unpack image "[^"]*": /, "");
  const isRefused = REFUSED_IMAGE.test(`${reason} ${answer}`);
  return notReady(
    `${about}: the image ${textAt(status, "image")} cannot be pulled: ${answer || reason}`,
    isRefused ? REFUSED_IMAGE_SECONDS : UNREACHABLE_REGISTRY_SECONDS,
  );
}

function endedBadly(status: Properties): boolean {
  const exitCode = numberAt(status, "state.terminated.exitCode");
  return exitCode !== undefined && exitCode !== 0;
}

async function explainEnd(
  about: string,
  pod: Properties,
  status: Properties,
  objects: Objects,
): Promise<NotReady> {
  const isNow = status.state !== undefined && endedBadly(status);
  const state = isNow ? "state" : "lastState";
  const exitCode = numberAt(status, `${state}.terminated.exitCode`);
  const cause = textAt(status, `${state}.terminated.reason`);
  const restarts = numberAt(status, "restartCount") ?? 0;
  const log = await objects.log(
    textAt(pod, "metadata.namespace") ?? "",
    textAt(pod, "metadata.name") ?? "",
    textAt(status, "name") ?? "",
    !isNow,
  );
  const words = textAt(status, `${state}.terminated.message`)?.trim();
  const memory = cause === "OOMKilled" ? ": it used more memory than its limit" : "";
  const lines = log || words;
  const again = restarts > 0 ? `, restarted ${restarts} time${restarts === 1 ? "" : "s"}` : "";
  const quote = lines ? `; its last lines:\n${lines.replace(/^/gm, "    | ")}` : "";
  return notReady(
    `${about} ended with exit status ${exitCode ?? "unknown"}${memory}${again}${quote}`,
    CRASHES_SECONDS,
  );
}
