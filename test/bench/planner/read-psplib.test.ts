import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { PsplibError, readPsplib } from "../../../bench/planner/read-psplib.ts";

const text = readFileSync(new URL("instance.sm", import.meta.url), "utf8");

describe("readPsplib", () => {
  it("reads jobs, needs, predecessors and amounts", () => {
    const { resources, tasks } = readPsplib(text, "instance.sm");
    assert.deepEqual(resources, { R1: { capacity: 4 }, R2: { capacity: 3 } });
    assert.deepEqual(Object.keys(tasks), ["1", "2", "3", "4", "5", "6"]);
    assert.deepEqual(tasks["4"], { duration: 4, needs: { R1: 1, R2: 3 }, predecessors: ["2"] });
    assert.deepEqual(tasks["6"]?.predecessors, ["4", "5"]);
    assert.deepEqual(readPsplib(text.replaceAll("\n", "\r\n"), "instance.sm").tasks, tasks);
  });

  const broken: [what: string, from: string | RegExp, to: string, message: RegExp][] = [
    [
      "no such file",
      text,
      "hello",
      /^a\.sm: does not say how many "jobs" it has; is it a \.sm file of PSPLIB\?$/,
    ],
    ["a missing section", "REQUESTS/DURATIONS:", "", /^a\.sm: has no section "REQUESTS\/DURATIONS:"$/],
    [
      "a word for a number",
      "  3      1     5",
      "  3      1     x",
      /^a\.sm:31: the duration must be a whole number, not "x"$/,
    ],
    [
      "a need that is missing",
      "4       1    3",
      "4       1",
      /^a\.sm:32: the need of R2 must be a whole number, not missing$/,
    ],
    [
      "several modes",
      "   2        1          1           4",
      "   2        2          1           4",
      /^a\.sm:20: must have one mode/,
    ],
    ["too few successors", "2           2   3", "2           2", /^a\.sm:19: must name 2 successors, not 1$/],
    [
      "an unknown successor",
      "           2   3",
      "           2   9",
      /^a\.sm:19: names job 9, but there are 6$/,
    ],
    [
      "nonrenewable resources",
      "nonrenewable              :  0",
      "nonrenewable              :  1",
      /which are not read$/,
    ],
    ["a row that is missing", /\n {3}5 {8}1 .*\n/, "\n", /must have 6 rows of numbers$/],
  ];
  for (const [what, from, to, message] of broken)
    it(`refuses ${what}, and says where`, () => {
      assert.throws(
        () => readPsplib(text.replace(from, to), "a.sm"),
        (error) => error instanceof PsplibError && message.test(error.message),
      );
    });
});
