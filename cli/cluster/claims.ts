import type { HangingObject } from "./hanging-objects.ts";
import type { FoundObject, ObjectReader } from "./object-reader.ts";

/** Whoever made the pods that use a claim: the claim goes only when they are gone, and their maker makes them again. */
export async function workloadsWithClaims(reader: ObjectReader): Promise<HangingObject[]> {
  const pods = (await reader.list("v1", "Pod")).filter(usesClaim);
  const makers = await Promise.all(pods.map((pod) => makerOf(reader, pod)));
  const byName = new Map(
    makers.map((maker) => [`${maker.kind} ${maker.metadata?.namespace}/${maker.metadata?.name}`, maker]),
  );
  return [...byName.values()].map((maker) => reader.hanging(maker, "pods that use a disk"));
}

function usesClaim({ spec }: FoundObject): boolean {
  const volumes: { persistentVolumeClaim?: object; ephemeral?: object }[] = spec?.volumes ?? [];
  return volumes.some(({ persistentVolumeClaim, ephemeral }) => persistentVolumeClaim ?? ephemeral);
}

/** The last of the chain of owners, e.g. the Deployment of the ReplicaSet of a Pod. */
async function makerOf(reader: ObjectReader, object: FoundObject): Promise<FoundObject> {
  const owner = object.metadata?.ownerReferences?.find(({ controller }) => controller);
  const namespace = object.metadata?.namespace;
  if (owner === undefined || namespace === undefined) return object;
  const { apiVersion, kind, name } = owner;
  const found = await reader.read({ apiVersion, kind, name, namespace });
  return found === undefined ? object : await makerOf(reader, found);
}

export async function claimsInUse(reader: ObjectReader): Promise<HangingObject[]> {
  const claims = await reader.list("v1", "PersistentVolumeClaim");
  return claims.map((claim) => reader.hanging(claim, "a disk"));
}

/**
 * A volume goes after its claim, when its disk is deleted; one that its policy retains stays, and its disk with it. One
 * that waits for a claim of that name (Available) was made by people.
 */
export async function volumesOfClaims(reader: ObjectReader): Promise<HangingObject[]> {
  const volumes = await reader.list("v1", "PersistentVolume");
  return volumes
    .filter(({ spec, status }) => spec?.claimRef && status?.phase !== "Available" && isDeleted(spec))
    .map((volume) => ({ ...reader.hanging(volume, "a disk"), followsAnother: true }));
}

function isDeleted(spec: { persistentVolumeReclaimPolicy?: string }): boolean {
  return spec.persistentVolumeReclaimPolicy === "Delete";
}
