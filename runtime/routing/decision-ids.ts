import { createHmac, randomBytes, timingSafeEqual } from "node:crypto";
import { isPreconditionFailed } from "../object-store/object-key.ts";
import type { ObjectStore } from "../object-store/object-store.ts";
import { signingKey } from "./route-keys.ts";

/** What a request's reward is for. */
export interface Decision {
  route: string;
  arm: string;
  /** Of this decision alone; ascends with time. */
  id: string;
  /** Milliseconds since 1970. */
  at: number;
  features?: number[] | undefined;
}

/**
 * A decision as text that a client keeps and gives back with its reward, to whichever replica: nothing of it needs to
 * be remembered. The signature keeps a client from making up decisions.
 */
export interface DecisionIds {
  sign(decision: Pick<Decision, "route" | "arm" | "features">): string;
  /** Undefined where it is none, or not signed with this key. */
  verify(text: string): Decision | undefined;
}

const signatureBytes = 16;
const timeDigits = 9;

export function createDecisionIds(key: Uint8Array, now: () => number = Date.now): DecisionIds {
  const signatureOf = (payload: string) =>
    createHmac("sha256", key).update(payload).digest().subarray(0, signatureBytes);

  return {
    sign({ route, arm, features }) {
      const id = `${now().toString(36).padStart(timeDigits, "0")}${randomBytes(9).toString("hex")}`;
      const parts = features === undefined ? [route, arm, id] : [route, arm, id, features];
      const payload = Buffer.from(JSON.stringify(parts)).toString("base64url");
      return `${payload}.${signatureOf(payload).toString("base64url")}`;
    },
    verify(text) {
      const [payload = "", signature = "", ...rest] = text.split(".");
      const given = Buffer.from(signature, "base64url");
      if (rest.length > 0 || given.length !== signatureBytes) return undefined;
      if (!timingSafeEqual(given, signatureOf(payload))) return undefined;
      const [route, arm, id, features] = JSON.parse(Buffer.from(payload, "base64url").toString("utf8"));
      return {
        route,
        arm,
        id,
        at: Number.parseInt(id.slice(0, timeDigits), 36),
        features,
      };
    },
  };
}

/** What decision ids begin with that were made before this time. */
export function idsBefore(milliseconds: number): string {
  return milliseconds.toString(36).padStart(timeDigits, "0");
}

/** The key that all replicas share; the first that needs it makes it. */
export async function sharedSigningKey(store: ObjectStore): Promise<Uint8Array> {
  const known = await store.get(signingKey);
  if (known === undefined) {
    const body = JSON.stringify({ key: randomBytes(32).toString("base64") });
    await store.put(signingKey, body, { ifNoneMatch: "*" }).catch((error) => {
      if (!isPreconditionFailed(error)) throw error;
    });
    return await sharedSigningKey(store);
  }
  return Buffer.from(JSON.parse(Buffer.from(known.body).toString("utf8")).key, "base64");
}
