import { randomBytes } from "node:crypto";
import { isAutomatic } from "../naming.ts";
import { ProviderError } from "../provider-error.ts";
import { nameOf } from "../session.ts";
import { isProperties, type Properties, textAt } from "../values.ts";

/** How the engine wants names to be made (its setting `autonaming`); undefined: the provider's own way. */
export interface ProposedName {
  name: string;
  disabled: boolean;
}

/** Inputs with the missing name filled in: the old one when that was automatic, else the resource's name and eight digits. */
export function withObjectName(
  urn: string,
  inputs: Properties,
  olds: Properties,
  seed: Uint8Array,
  proposed: ProposedName | undefined,
): Properties {
  const metadata = isProperties(inputs.metadata) ? inputs.metadata : {};
  if (metadata.generateName !== undefined)
    throw new ProviderError(
      "invalid",
      "metadata.generateName does not go with server-side apply: leave it out",
    );
  if (metadata.name !== undefined) return inputs;
  const type = textAt(inputs, "kind") ?? "";
  const old = textAt(olds, "metadata.name");
  if (old !== undefined && isMadeName(urn, old)) return { ...inputs, metadata: { ...metadata, name: old } };
  if (proposed?.disabled)
    throw new ProviderError(
      "invalid",
      `metadata.name is missing, and the stack's setting autonaming is off (${type})`,
    );
  const digits = Buffer.from(seed.length >= 4 ? seed : randomBytes(4))
    .toString("hex")
    .slice(0, 8);
  const name = proposed?.name || `${nameOf(urn).toLowerCase()}-${digits}`;
  return { ...inputs, metadata: { ...metadata, name } };
}

/** Whether a replacement may stand beside the old object, because its name is made anew. */
export function isMadeName(urn: string, name: string): boolean {
  return isAutomatic("kubernetes:", nameOf(urn), name);
}
