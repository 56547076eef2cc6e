import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { type CompiledProblem, compileProblem } from "../../runtime/planning/compiled-problem.ts";
import { earliestTimes } from "../../runtime/planning/earliest-times.ts";
import { ArgumentsError } from "./arguments.ts";
import { PsplibError, readPsplib } from "./read-psplib.ts";

export interface Instance {
  /** Name of its file. */
  name: string;
  compiled: CompiledProblem;
  /** Length of the critical path, in the file's units of time. */
  criticalPath: number;
  /** The best makespan that is known; absent where optimum.csv has none. */
  bestKnown?: number;
}

/** @throws ArgumentsError where there is none, PsplibError where a file is not one */
export function readInstances(folder: string): Instance[] {
  if (!existsSync(folder)) throw new ArgumentsError(`--instances: there is no folder ${folder}`);
  const names = readdirSync(folder).filter((name) => name.endsWith(".sm"));
  if (names.length === 0) throw new ArgumentsError(`--instances: there are no .sm files in ${folder}`);
  const bestKnown = readBestKnown(join(folder, "optimum.csv"));
  names.sort((a, b) => a.localeCompare(b, "en", { numeric: true }));
  return names.map((name) => {
    const compiled = compileProblem(readPsplib(readFileSync(join(folder, name), "utf8"), name));
    const best = bestKnown.get(name);
    return {
      name,
      compiled,
      criticalPath: earliestTimes(compiled).length * compiled.timeStep,
      ...(best !== undefined && { bestKnown: best }),
    };
  });
}

/** Lines of a file's name and its best makespan, or `82..87` for what is between two bounds, under a line of titles. */
function readBestKnown(path: string): Map<string, number> {
  if (!existsSync(path)) return new Map();
  const lines = readFileSync(path, "utf8")
    .split(/\r?\n/)
    .slice(1)
    .filter((line) => line.trim() !== "");
  return new Map(
    lines.map((line, index) => {
      const [name = "", makespan = ""] = line.split(",");
      const best = /^(?:\d*\.\.)?(\d+)$/.exec(makespan.trim())?.[1];
      if (best === undefined)
        throw new PsplibError(`${path}:${index + 2}: must be a file's name and its best makespan`);
      return [name.trim(), Number(best)];
    }),
  );
}
