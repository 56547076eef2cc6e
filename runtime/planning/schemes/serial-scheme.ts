import type { CompiledProblem } from "../compiled-problem.ts";
import type { CompiledSchedule } from "../strategies/strategy.ts";
import { ResourceProfile } from "./resource-profile.ts";

/**
 * The serial schedule generation scheme (Kolisch: Serial and parallel resource-constrained project scheduling methods
 * revisited, European Journal of Operational Research 90, 1996): one task after the other, each as early as it can be,
 * between those placed before as well.
 * @param order all tasks, each after its predecessors
 * @param givenModes task → mode that it is done in. Default: the one in which it ends first
 * @returns undefined where a task finds no room, which only resources that run out for ever can cause
 */
export function serialScheme(
  compiled: CompiledProblem,
  order: Int32Array,
  givenModes?: Int32Array,
): CompiledSchedule | undefined {
  const { taskCount, graph, modeOffsets, modeDurations } = compiled;
  const { predecessorOffsets, predecessors } = graph;
  const profile = new ResourceProfile(compiled);
  const starts = new Float64Array(taskCount);
  const ends = new Float64Array(taskCount);
  const modes = new Int32Array(taskCount);
  for (const task of order) {
    let ready = compiled.releases[task] as number;
    for (let at = predecessorOffsets[task] as number; at < (predecessorOffsets[task + 1] as number); at++)
      ready = Math.max(ready, ends[predecessors[at] as number] as number);
    let end = Number.POSITIVE_INFINITY;
    const first = givenModes?.[task] ?? (modeOffsets[task] as number);
    const last = givenModes?.[task] ?? (modeOffsets[task + 1] as number) - 1;
    for (let mode = first; mode <= last; mode++) {
      const duration = modeDurations[mode] as number;
      // The modes are sorted by duration: a longer one cannot end before.
      if (ready + duration >= end) break;
      const start = profile.earliestRoom(mode, duration, ready);
      if (start + duration >= end) continue;
      end = start + duration;
      starts[task] = start;
      modes[task] = mode;
    }
    if (end === Number.POSITIVE_INFINITY) return undefined;
    ends[task] = end;
    const mode = modes[task] as number;
    profile.take(mode, modeDurations[mode] as number, starts[task] as number);
  }
  return { starts, modes };
}
