import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { copyFileSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const main = fileURLToPath(new URL("../../../bench/planner/main.ts", import.meta.url));
const instance = fileURLToPath(new URL("instance.sm", import.meta.url));

function run(...words: string[]) {
  const { status, stdout, stderr } = spawnSync(
    process.execPath,
    ["--disable-warning=ExperimentalWarning", main, ...words],
    { encoding: "utf8" },
  );
  return { status, stdout, stderr };
}

describe("bench:planner", function () {
  this.timeout(120_000);
  let folder = "";
  before(() => {
    folder = mkdtempSync(join(tmpdir(), "skyloom-bench-planner-"));
    copyFileSync(instance, join(folder, "made_1.sm"));
    writeFileSync(join(folder, "optimum.csv"), "problem,optimum\nmade_1.sm,9..9\n");
  });
  after(() => rmSync(folder, { recursive: true, force: true }));

  it("prints one JSON document of instances and averages", () => {
    const { status, stdout } = run(
      "--instances",
      folder,
      "--strategy",
      "genetic",
      "--schedules",
      "50",
      "--json",
    );
    assert.equal(status, 0);
    const { instances, ...averages } = JSON.parse(stdout);
    const [{ seconds, startTimes, ...first }] = instances;
    assert.equal(instances.length, 1);
    // Jobs 3 and 5 take 7, and 4 must wait for 2: R1 has no room for 3, 2 and 5 at once.
    assert.deepEqual(first, { name: "made_1.sm", makespan: 9, criticalPath: 7 });
    assert.equal(startTimes.length, 6);
    assert.equal(startTimes[5], 9);
    assert(seconds >= 0);
    assert.deepEqual(Object.keys(averages), ["averageDeviationFromCriticalPath", "averageSeconds"]);
    assert(Math.abs(averages.averageDeviationFromCriticalPath - 100 * (9 / 7 - 1)) < 1e-9);
  });

  it("sets rules and strategies beside each other, and beside the best known", () => {
    const { status, stdout } = run("--instances", folder, "--compare", "--schedules", "50", "--json");
    assert.equal(status, 0);
    const { rows } = JSON.parse(stdout);
    const names = rows.map(({ strategy, rule }: { strategy: string; rule?: string }) => rule ?? strategy);
    for (const name of ["greedy", "LFT", "learned", "genetic"]) assert(names.includes(name), name);
    assert.equal(rows.at(-1).averageDeviationFromBest, 0);
  });

  it("times rules on large problems", () => {
    const { status, stdout } = run("--tasks", "200", "--json");
    assert.equal(status, 0);
    const { rows } = JSON.parse(stdout);
    assert.deepEqual(
      new Set(rows.map(({ network }: { network: string }) => network)),
      new Set(["usual", "scarce"]),
    );
    for (const row of rows) assert(row.tasks === 200 && row.makespan > 0, JSON.stringify(row));
  });

  it("ends with status 2 where arguments or files are wrong, and says how", () => {
    const cases: [words: string[], message: RegExp][] = [
      [[], /give either --instances or --tasks/],
      [["--instances", join(folder, "none")], /--instances: there is no folder/],
      [
        ["--instances", folder, "--strategy", "magic"],
        /--strategy: there is no magic; there are auto, greedy/,
      ],
      [
        ["--instances", folder, "--schedules", "many"],
        /--schedules must be a whole number of 1 or more, not "many"/,
      ],
      [["--instances", folder, "--speed", "9"], /Unknown option '--speed'/],
      [["--instances", folder, "--strategy", "priority", "--rule", "XYZ"], /there is no priority rule XYZ/],
    ];
    for (const [words, message] of cases) {
      const { status, stderr, stdout } = run(...words);
      assert.match(stderr, message);
      assert.equal(status, 2, words.join(" "));
      assert.equal(stdout, "");
    }
  });
});
