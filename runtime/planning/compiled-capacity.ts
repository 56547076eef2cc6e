import type { ResourceDescription } from "./problem.ts";
import { toSteps, toUnits } from "./units.ts";

/** What there is of a resource over time, as steps: from times[i] until times[i + 1], and from the last one for ever. */
export interface CompiledCapacity {
  /** Steps; the first is 0. */
  readonly times: Float64Array;
  /** Units from that time on. */
  readonly amounts: Int32Array;
}

/** Where a window begins or ends between two steps, the smaller amount counts for the whole step. */
export function compileCapacity(resource: ResourceDescription, step: number, unit: number): CompiledCapacity {
  const outside = toUnits(resource.capacity, unit);
  const times = [0];
  const amounts = [outside];
  const change = (seconds: number, amount: number) => {
    const time = toSteps(seconds, step, amount > (amounts.at(-1) as number) ? "up" : "down");
    while (times.length > 0 && (times.at(-1) as number) >= time) {
      times.pop();
      amounts.pop();
    }
    if (amounts.at(-1) === amount) return;
    times.push(time);
    amounts.push(amount);
  };
  const windows = [...(resource.windows ?? [])].sort((a, b) => a.from - b.from);
  windows.forEach(({ from, to, capacity }, index) => {
    change(from, toUnits(capacity, unit));
    if (windows[index + 1]?.from !== to) change(to, outside);
  });
  return { times: Float64Array.from(times), amounts: Int32Array.from(amounts) };
}
