import type { PlanningProblem } from "../../runtime/planning/problem.ts";

/** A file that is not an instance in PSPLIB's single-mode format; the message says where and what. */
export class PsplibError extends Error {
  override readonly name = "PsplibError";
}

interface Line {
  number: number;
  words: string[];
}

/**
 * Reads an instance in the single-mode format of PSPLIB (Kolisch and Sprecher: PSPLIB, a project scheduling problem
 * library, European Journal of Operational Research 96, 1997). Tasks are named by their job numbers, source and sink
 * among them; one unit of time is a second.
 * @param file its name, for messages
 * @throws PsplibError
 */
export function readPsplib(text: string, file: string): PlanningProblem {
  const lines = text
    .split(/\r?\n/)
    .map((line, index) => ({ number: index + 1, words: line.trim().split(/\s+/) }));
  const fail = (line: Line | undefined, message: string): never => {
    throw new PsplibError(`${file}${line === undefined ? "" : `:${line.number}`}: ${message}`);
  };
  const whole = (line: Line, place: number, what: string): number => {
    const word = line.words[place];
    if (word === undefined || !/^\d+$/.test(word))
      return fail(
        line,
        `${what} must be a whole number, not ${word === undefined ? "missing" : `"${word}"`}`,
      );
    return Number(word);
  };
  const jobs = countOf(lines, "jobs", fail, whole);
  const resourceCount = countOf(lines, "- renewable", fail, whole);
  for (const kind of ["- nonrenewable", "- doubly constrained"])
    if (countOf(lines, kind, fail, whole) > 0)
      fail(undefined, `has resources of the kind "${kind.slice(2)}", which are not read`);
  const section = (title: string, skipped: number, length: number): Line[] => {
    const start = lines.findIndex(({ words }) => words.join(" ").startsWith(title));
    if (start < 0) return fail(undefined, `has no section "${title}"`);
    const rows = lines.slice(start + 1 + skipped, start + 1 + skipped + length);
    const short = rows.find(({ words }) => !/^\d+$/.test(words[0] ?? ""));
    if (rows.length < length || short !== undefined)
      fail(short ?? rows.at(-1), `the section "${title}" must have ${length} rows of numbers`);
    return rows;
  };
  const precedence = section("PRECEDENCE RELATIONS:", 1, jobs);
  const requests = section("REQUESTS/DURATIONS:", 2, jobs);
  const [availability] = section("RESOURCEAVAILABILITIES:", 1, 1) as [Line];

  const numbered = (rows: Line[]) =>
    rows.forEach((row, index) => {
      if (whole(row, 0, "the job's number") !== index + 1) fail(row, `must be the row of job ${index + 1}`);
      if (whole(row, 1, "the number of modes") !== 1)
        fail(row, "must have one mode: several modes are not read");
    });
  numbered(precedence);
  numbered(requests);
  const predecessorsOf: string[][] = Array.from({ length: jobs }, () => []);
  for (const row of precedence) {
    const count = whole(row, 2, "the number of successors");
    if (row.words.length !== 3 + count)
      fail(row, `must name ${count} successors, not ${row.words.length - 3}`);
    for (let place = 3; place < row.words.length; place++) {
      const successor = whole(row, place, "a successor");
      if (successor < 1 || successor > jobs) fail(row, `names job ${successor}, but there are ${jobs}`);
      (predecessorsOf[successor - 1] as string[]).push(row.words[0] as string);
    }
  }
  const names = Array.from({ length: resourceCount }, (_, resource) => `R${resource + 1}`);
  return {
    resources: Object.fromEntries(
      names.map((name, place) => [name, { capacity: whole(availability, place, `the amount of ${name}`) }]),
    ),
    tasks: Object.fromEntries(
      requests.map((row, job) => [
        row.words[0],
        {
          duration: whole(row, 2, "the duration"),
          needs: Object.fromEntries(
            names.map((name, place) => [name, whole(row, 3 + place, `the need of ${name}`)]),
          ),
          predecessors: predecessorsOf[job],
        },
      ]),
    ),
  };
}

function countOf(
  lines: Line[],
  label: string,
  fail: (line: Line | undefined, message: string) => never,
  whole: (line: Line, place: number, what: string) => number,
): number {
  const line = lines.find(({ words }) => words.join(" ").startsWith(label));
  if (line === undefined)
    return fail(undefined, `does not say how many "${label}" it has; is it a .sm file of PSPLIB?`);
  return whole(line, line.words.findIndex((word) => word.endsWith(":")) + 1, `what is after "${label}"`);
}
