import { setTimeout as delay } from "node:timers/promises";
import { ProviderError } from "../provider-error.ts";
import { type Properties, textAt, valueAt } from "../values.ts";
import { ApiError } from "./api-error.ts";
import { annotation, listAt, type Objects, type Reference } from "./objects.ts";
import { type Patience, timeoutOf } from "./readiness/wait.ts";

const TEN_MINUTES = 600;
const PAUSE_MS = 100;
const LONGEST_PAUSE_MS = 1000;

/** Deletes an object after its dependents and waits until it is gone. @throws ProviderError that names what holds it. */
export async function deleteObject(
  reference: Reference,
  outputs: Properties,
  objects: Objects,
  patience: Patience,
): Promise<void> {
  const uid = textAt(outputs, "metadata.uid");
  const propagationPolicy = policyOf(annotation(outputs, "pulumi.com/deletionPropagationPolicy"));
  try {
    await objects.delete(reference, { propagationPolicy, ...(uid !== undefined && { uid }) });
  } catch (error) {
    const isOther = error instanceof ApiError && error.status === 409 && /UID/.test(error.message);
    if (!isOther) throw error;
    patience.onStatus("another object of that name has taken its place and is left alone");
    return;
  }
  if (annotation(outputs, "pulumi.com/skipAwait") === "true") return;
  await waitUntilGone(reference, uid, objects, {
    ...patience,
    timeoutSeconds: timeoutOf(outputs, patience.timeoutSeconds, TEN_MINUTES),
  });
}

function policyOf(text: string | undefined): string {
  const allowed = ["Foreground", "Background", "Orphan"];
  return allowed.find((policy) => policy.toLowerCase() === text?.toLowerCase()) ?? "Foreground";
}

/** @param uid of the object that is to go; undefined: any of that name. */
export async function waitUntilGone(
  reference: Reference,
  uid: string | undefined,
  objects: Objects,
  patience: Patience,
): Promise<void> {
  const started = performance.now();
  let shown = "";
  for (let pause = PAUSE_MS; ; pause = Math.min(pause * 2, LONGEST_PAUSE_MS)) {
    const live = await objects.get(reference);
    if (!live || (uid !== undefined && textAt(live, "metadata.uid") !== uid)) return;
    const seconds = (performance.now() - started) / 1000;
    const held = holders(live);
    const message = `being deleted${held && `: ${held}`}`;
    if (message !== shown && seconds > 1) patience.onStatus(message);
    shown = message;
    const cause = held && `: ${held}`;
    if (seconds >= patience.timeoutSeconds)
      throw new ProviderError("failed", `not gone after ${patience.timeoutSeconds} seconds${cause}`);
    await delay(pause, undefined, { signal: patience.signal }).catch(() => {});
    if (patience.signal.aborted) throw new ProviderError("failed", `interrupted before it was gone${cause}`);
  }
}

/** What keeps an object from going: finalizers, and for a namespace what is left in it. */
function holders(live: Properties): string {
  const listed = valueAt(live, ["metadata", "finalizers"]);
  const finalizers = Array.isArray(listed) ? listed.map(String) : [];
  const foreign = finalizers.filter((name) => name !== "foregroundDeletion");
  const left = listAt(live, "status.conditions")
    .filter(
      (item) => /^Namespace(Content|Finalizers)Remaining$/.test(String(item.type)) && item.status === "True",
    )
    .map((item) => textAt(item, "message") ?? "");
  return [
    ...(finalizers.includes("foregroundDeletion") ? ["waits for its dependents"] : []),
    ...(foreign.length > 0
      ? [
          `held by the finalizer${foreign.length > 1 ? "s" : ""} ${foreign.join(", ")}, which its controller has to remove`,
        ]
      : []),
    ...left,
  ].join("; ");
}
