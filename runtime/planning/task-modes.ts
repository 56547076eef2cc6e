import type { DurationDescription, TaskDescription } from "./problem.ts";

/** One way to do a task. */
export interface TaskMode {
  /** Seconds, expected. */
  duration: number;
  /** Resource → how much it holds while it runs. */
  needs: Record<string, number>;
}

/** The seconds that are planned with. */
export function expectedSeconds(duration: DurationDescription): number {
  return typeof duration === "number" ? duration : duration.expected;
}

/**
 * The ways in which a task can be done, in the order of its description; the places in this list are the modes of a
 * schedule. A range whose levels all take as long has its minimum alone: more would hold what others could use.
 */
export function taskModes(task: TaskDescription): TaskMode[] {
  if (task.modes !== undefined)
    return task.modes.map(({ duration, needs }) => ({ duration: expectedSeconds(duration), needs }));
  const entries = Object.entries(task.needs ?? {});
  const least = Object.fromEntries(
    entries.map(([resource, need]) => [resource, typeof need === "number" ? need : need.minimum]),
  );
  if (task.durations === undefined) return [{ duration: expectedSeconds(task.duration ?? 0), needs: least }];
  const range = entries.find(([, need]) => typeof need !== "number");
  return Object.entries(task.durations).map(([level, duration]) => ({
    duration: expectedSeconds(duration),
    needs: range === undefined ? least : { ...least, [range[0]]: Number(level) },
  }));
}
