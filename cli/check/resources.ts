import type { Properties } from "../../simulator/values.ts";

/** A resource as a policy pack sees it. Secrets may be marked, and what is not known yet is UNKNOWN. */
export interface AnalyzedResource {
  urn: string;
  type: string;
  name: string;
  /** URN; undefined for the stack itself. */
  parent: string | undefined;
  properties: Properties;
  /** URNs. */
  dependencies: string[];
  /** URNs by the name of a property. */
  propertyDependencies: Record<string, string[]>;
  provider: { urn: string; type: string; name: string; properties: Properties } | undefined;
  options: ResourceOptions;
}

export interface ResourceOptions {
  protect: boolean;
  ignoreChanges: string[];
  deleteBeforeReplace: boolean | undefined;
  additionalSecretOutputs: string[];
  aliases: string[];
  /** Seconds; 0 where the provider's own holds. */
  timeouts: { create: number; update: number; delete: number };
}

/** The last part of a URN. */
export function nameOfUrn(urn: string): string {
  return urn.slice(urn.lastIndexOf("::") + 2);
}

/** The type in a URN, without those of its parents. */
export function typeOfUrn(urn: string): string {
  return urn.split("::")[2]?.split("$").at(-1) ?? "";
}

export const noOptions: ResourceOptions = {
  protect: false,
  ignoreChanges: [],
  deleteBeforeReplace: undefined,
  additionalSecretOutputs: [],
  aliases: [],
  timeouts: { create: 0, update: 0, delete: 0 },
};
