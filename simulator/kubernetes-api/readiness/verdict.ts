import type { Properties } from "../../values.ts";
import type { Objects } from "../objects.ts";

/** Whether an object is what the program asked for, and if not, why. */
export type Verdict = { ready: true } | NotReady;

export interface NotReady {
  ready: false;
  /** For people: what is still missing. */
  message: string;
  /**
   * The cause does not go away by itself: when it holds for so many seconds, waiting on is useless. Absent for what
   * time can heal, as a node that an autoscaler adds.
   */
  hopelessAfterSeconds?: number;
}

/** Looks at an object, and through `objects` at what belongs to it. */
export type Readiness = (object: Properties, objects: Objects) => Promise<Verdict> | Verdict;

export const READY: Verdict = { ready: true };

export function notReady(message: string, hopelessAfterSeconds?: number): NotReady {
  return { ready: false, message, ...(hopelessAfterSeconds !== undefined && { hopelessAfterSeconds }) };
}

/** Several causes as one verdict; the first that is hopeless decides how long to wait. */
export function combine(summary: string, causes: NotReady[]): NotReady {
  const hopeless = causes.find((cause) => cause.hopelessAfterSeconds !== undefined);
  const texts = [...new Set(causes.map(({ message }) => message))];
  return notReady([summary, ...texts].join("\n  "), hopeless?.hopelessAfterSeconds);
}
