import { isProperties, type Properties } from "../values.ts";

/** `over` laid on `base`: objects are merged at every depth, everything else is replaced. */
export function merge(base: Properties, over: Properties): Properties {
  const result: Properties = { ...base };
  for (const [name, value] of Object.entries(over)) {
    const below = result[name];
    result[name] = isProperties(below) && isProperties(value) ? merge(below, value) : value;
  }
  return result;
}
