import { setTimeout as delay } from "node:timers/promises";
import { ProviderError } from "../provider-error.ts";
import { type Properties, textAt } from "../values.ts";
import type { Objects, Served } from "./objects.ts";
import type { Patience } from "./readiness/wait.ts";

/** A definition that was just made is served after a moment. */
const PATIENCE_MS = 10_000;
const PAUSE_MS = 500;

/** @throws ProviderError when the server does not know the kind, even after a while. */
export async function serveSoon(objects: Objects, inputs: Properties, patience: Patience): Promise<Served> {
  const apiVersion = textAt(inputs, "apiVersion") ?? "";
  const kind = textAt(inputs, "kind") ?? "";
  for (let waited = 0; ; waited += PAUSE_MS) {
    const served = await objects.find(apiVersion, kind);
    if (served) return served;
    if (waited >= PATIENCE_MS || patience.signal.aborted)
      throw new ProviderError(
        "not-found",
        `the cluster does not know ${apiVersion} ${kind}: install what defines it (its CustomResourceDefinition) first, or correct the apiVersion`,
      );
    patience.onStatus(`waits until the cluster serves ${apiVersion} ${kind}`);
    await delay(PAUSE_MS, undefined, { signal: patience.signal }).catch(() => {});
  }
}
