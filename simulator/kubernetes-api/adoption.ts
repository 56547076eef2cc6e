import { randomBytes } from "node:crypto";
import { type Properties, textAt } from "../values.ts";
import { managersOf } from "./comparison.ts";
import type { Objects, Reference } from "./objects.ts";

/**
 * An object may be there already when its resource is created: an update that was killed made it, or the old one of a
 * replacement that may not be told from the new one (of the provider, or on demand). The new resource goes on with it
 * under a field manager with another ending. So the old resource's deletion can tell that it is no longer its own.
 */
export interface Adoption {
  fieldManager: string;
  /** The field managers of the resource's former lives. */
  former: string[];
}

/** How a new resource takes over an object of its own; undefined when the object is somebody else's. */
export function adoptionOf(live: Properties, fieldManager: string): Adoption | undefined {
  const former = managersOf(live).filter((manager) => isSameResource(manager, fieldManager));
  if (former.length === 0) return undefined;
  return { fieldManager: `${fieldManager}-${randomBytes(2).toString("hex")}`, former };
}

/** Gives up what the former field managers hold: what the program no longer sets goes with them. */
export async function relinquish(former: string[], reference: Reference, objects: Objects): Promise<void> {
  const { apiVersion, kind } = reference.served;
  const nothing = { apiVersion, kind, metadata: { name: reference.name } };
  for (const fieldManager of former)
    await objects.apply(reference, nothing, { fieldManager, force: false, dryRun: false });
}

/** Whether a later resource of the same URN has taken the object over. */
export function isTakenOver(live: Properties, outputs: Properties): boolean {
  const own = textAt(outputs, "__fieldManager");
  if (own === undefined) return false;
  const managers = managersOf(live);
  return !managers.includes(own) && managers.some((manager) => isSameResource(manager, own));
}

function isSameResource(manager: string, other: string): boolean {
  const [one, two] = [manager, other].map((name) => OWN.exec(name)?.[1]);
  return one !== undefined && one === two;
}

const OWN = /^(pulumi-kubernetes-[0-9a-f]{8})(?:-[0-9a-f]{4})?$/;
