import { type Properties, textAt } from "../../values.ts";
import type { Objects } from "../objects.ts";

/** The warnings that controllers wrote about an object, the latest first. */
export async function warningsAbout(object: Properties, objects: Objects): Promise<Properties[]> {
  const uid = textAt(object, "metadata.uid");
  const namespace = textAt(object, "metadata.namespace") ?? "default";
  const events = await objects.list("v1", "Event", namespace, { fieldSelector: `involvedObject.uid=${uid}` });
  return events.filter((event) => event.type === "Warning").sort((one, other) => timeOf(other) - timeOf(one));
}

/** The message of the latest warning with one of the reasons. */
export function latest(events: Properties[], ...reasons: string[]): string | undefined {
  return textAt(
    events.find((event) => reasons.includes(textAt(event, "reason") ?? "")),
    "message",
  );
}

export function timeOf(event: Properties): number {
  const time =
    textAt(event, "lastTimestamp") ?? textAt(event, "eventTime") ?? textAt(event, "firstTimestamp");
  return time === undefined ? 0 : Date.parse(time);
}
