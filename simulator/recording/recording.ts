import { type Properties, unwrapProperties, type Value } from "../values.ts";
import { secretPaths } from "./secret-paths.ts";

/** A resource as the program registered it. */
export interface RecordedResource {
  urn: string;
  type: string;
  name: string;
  custom: boolean;
  /** A component that is made elsewhere, out of the program's sight. */
  remote: boolean;
  /** URN; undefined for the top of the tree. */
  parent: string | undefined;
  /** Plain: secrets are unwrapped, resources are their ids, what is not known in a preview is UNKNOWN. */
  // biome-ignore lint/suspicious/noExplicitAny: tests read paths that they know to be there
  inputs: any;
  /** Dotted paths of the inputs that are secret. */
  secrets: string[];
  /** URNs of everything that it comes after, by an input or by dependsOn. */
  dependencies: string[];
  /** The same by the name of the input. */
  propertyDependencies: Record<string, string[]>;
  protect: boolean;
  /** `URN::ID` of the provider instance; undefined: the default one. */
  provider: string | undefined;
  /** URN of the resource whose deletion stands for its own. */
  deletedWith: string | undefined;
  /** Types that it may have had before. */
  formerTypes: string[];
  ignoreChanges: string[];
  replaceOnChanges: string[];
  deleteBeforeReplace: boolean | undefined;
  retainOnDelete: boolean;
  additionalSecretOutputs: string[];
  customTimeouts: { create: string; update: string; delete: string };
  id: string;
  // biome-ignore lint/suspicious/noExplicitAny: as inputs
  outputs: any;
}

/** A resource whose inputs its provider has checked; secrets in them are marked as the engine marks them. */
export type CheckedResource = Omit<RecordedResource, "id" | "outputs" | "inputs"> & { inputs: Properties };

export interface Recording<Result> {
  /** In the order of registration. */
  resources: RecordedResource[];
  invokes: { token: string; inputs: Properties }[];
  /** What the program logged. */
  log: { severity: "debug" | "info" | "warning" | "error"; message: string }[];
  /** What the program returned, its outputs resolved. */
  result: Result;
  /** Dotted paths of the result that are secret. */
  resultSecrets: string[];
  /** All of a type. */
  all(type: string): RecordedResource[];
  /** The only one of a type, or of a type and name. @throws Error when there is none, or more than one. */
  one(type: string, name?: string): RecordedResource;
}

/** @param returned what the program returned, secrets and unknown values marked. */
export function recordingOf<Result>(
  resources: RecordedResource[],
  returned: Value | undefined,
): Omit<Recording<Result>, "invokes" | "log"> {
  const all = (type: string) => resources.filter((each) => each.type === type);
  return {
    resources,
    result: unwrapProperties(returned === undefined ? {} : { result: returned }).result as Result,
    resultSecrets: secretPaths(returned ?? null),
    all,
    one: (type, name) => only(all(type), type, name),
  };
}

function only(found: RecordedResource[], type: string, name: string | undefined): RecordedResource {
  const named = name === undefined ? found : found.filter((each) => each.name === name);
  const [first, second] = named;
  if (first !== undefined && second === undefined) return first;
  const names = found.map((each) => each.name).join(", ") || "none";
  throw new Error(
    `${named.length} resources of ${type}${name === undefined ? "" : ` named "${name}"`}; there: ${names}`,
  );
}
