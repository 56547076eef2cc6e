import { type Properties, UNKNOWN, type Value } from "../values.ts";
import { merge } from "./merge.ts";

/** A resource before an update. */
export interface Olds {
  inputs: Properties;
  outputs: Properties;
}

/** Outputs that follow from the inputs: an update gives them anew. */
const DERIVED = new Set([
  "contextHash",
  "digest",
  "effectiveLabels",
  "kubernetesVersion",
  "masterVersion",
  "pulumiLabels",
  "ref",
  "status",
  "tagsAll",
  "version",
]);

/** Outputs that every update counts up; what they will be, a preview does not tell. */
const COUNTED: { [type: string]: string[] } = { "aws:ec2/launchTemplate:LaunchTemplate": ["latestVersion"] };

/** The outputs after an update: what was computed at creation stays as it was. */
export function updatedOutputs(
  type: string,
  olds: Olds,
  news: Properties,
  fresh: Properties,
  options: { preview: boolean },
): Properties {
  const kept = Object.entries(olds.outputs).filter(
    ([name]) => olds.inputs[name] === undefined && news[name] === undefined && !DERIVED.has(name),
  );
  const result = merge(fresh, Object.fromEntries(kept));
  for (const name of COUNTED[type] ?? []) result[name] = options.preview ? UNKNOWN : next(olds.outputs[name]);
  return result;
}

function next(value: Value | undefined): number {
  return (typeof value === "number" ? value : 0) + 1;
}
