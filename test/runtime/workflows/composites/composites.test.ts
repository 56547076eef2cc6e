import assert from "node:assert/strict";
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { isDeepStrictEqual } from "node:util";
import { createLocalObjectStore } from "../../../../runtime/object-store/local.ts";
import type { Run } from "../../../../runtime/workflows/run.ts";
import { createRunRepository } from "../../../../runtime/workflows/run-repository.ts";
import type { Json } from "../../../../runtime/workflows/workflow.ts";
import type { WorkflowEngine } from "../../../../runtime/workflows/workflow-engine.ts";
import { testEngine } from "../engine-server.ts";
import { freePorts, type RestateServer, startRestateServer } from "../restate-server.ts";
import { temporaryFolder } from "../temporary-folder.ts";
import { waitForRun } from "../wait-for-run.ts";

describe("tasks that consist of others, on a real Restate", function () {
  this.timeout(120_000);
  const folder = temporaryFolder();
  let restate: RestateServer;
  let engine: WorkflowEngine;
  const bucket = () => createLocalObjectStore({ folder: join(folder.path, "bucket") });

  /** The same after a restart: what was under way is asked of it again. */
  let port: number;

  async function startEngine(): Promise<WorkflowEngine> {
    const started = testEngine({
      bucket: join(folder.path, "bucket"),
      restateIngress: restate.ingress,
      restateAdmin: restate.admin,
      workflowPort: port,
    });
    await started.start();
    return started;
  }

  before(async () => {
    [port = 0] = await freePorts(1);
    restate = await startRestateServer(join(folder.path, "restate"));
    engine = await startEngine();
  });
  after(async () => {
    await engine?.stop();
    await restate?.kill();
  });

  async function start(name: string, tasks: string, head = "", inputs = {}): Promise<Run> {
    await engine.putDefinition(`name: ${name}\n${head}tasks:\n${tasks}`);
    return await engine.startRun({ workflow: name, inputs });
  }
  const wait = (run: { id: string }, isWanted?: (run: Run) => boolean) =>
    waitForRun(() => engine.getRun(run.id), isWanted, 60);
  const outputsOf = (run: Run, name: string) => {
    const task = run.tasks.find((one) => one.name === name);
    assert.equal(task?.error, null);
    return task?.outputs as Record<string, Json>;
  };

  it("a map runs its body for each item, a reduce makes one value of the results", async () => {
    const run = await start(
      "squares",
      `  squares:
    uses: map
    with:
      over: "\${inputs.numbers}"
      concurrency: 3
      do: {uses: decide, with: {outputs: {square: "\${item * item}", position: "\${index}", base: "\${inputs.base}"}}}
  total: {uses: reduce, with: {of: "\${tasks.squares.outputs.results}", value: "\${item.square}", combine: sum}}
  parities:
    uses: reduce
    with:
      of: "\${tasks.squares.outputs.results}"
      groupBy: "\${item.square % 2 == 0 ? 'even' : 'odd'}"
      value: "\${item.position}"
      combine: list
`,
      "inputs: {numbers: {type: array}, base: {type: number}}\n",
      { numbers: [1, 2, 3, 4, 5], base: 7 },
    );
    const done = await wait(run);
    const { results, ...counts } = outputsOf(done, "squares");
    assert.deepEqual(
      results,
      [1, 4, 9, 16, 25].map((square, position) => ({ square, position, base: 7 })),
    );
    assert.deepEqual(counts, { count: 5, succeeded: 5, failed: [] });
    assert.deepEqual(outputsOf(done, "total"), { value: 55, count: 5, skipped: 0 });
    assert.deepEqual(outputsOf(done, "parities"), {
      groups: [
        { key: "odd", value: [0, 2, 4], count: 3 },
        { key: "even", value: [1, 3], count: 2 },
      ],
      count: 5,
      skipped: 0,
    });
  });

  it("a map over ten thousand items keeps its results in the bucket, from where a reduce takes them", async () => {
    const run = await start(
      "many",
      `  list: {uses: decide, with: {outputs: {numbers: "\${inputs.numbers}"}}}
  double:
    uses: map
    with: {over: "\${tasks.list.outputs.numbers}", concurrency: 50, do: {uses: decide, with: {outputs: {double: "\${item * 2}"}}}}
  total: {uses: reduce, with: {of: "\${tasks.double.outputs.results}", value: "\${item.double}", combine: sum}}
`,
      "inputs: {numbers: {type: array}}\n",
      { numbers: Array.from({ length: 10_000 }, (_, index) => index) },
    );
    const done = await wait(run);
    const { results, ...counts } = outputsOf(done, "double");
    assert.deepEqual(counts, { count: 10_000, succeeded: 10_000, failed: [] });
    const { object } = results as { object: string };
    const stored = JSON.parse(Buffer.from((await bucket().get(object))?.body ?? []).toString());
    assert.deepEqual(stored[9_999], { double: 19_998 });
    assert.deepEqual(outputsOf(done, "total"), { value: 99_990_000, count: 10_000, skipped: 0 });
  });

  it("a map over a matrix, or over the bucket's objects of a form", async () => {
    for (const [key, text] of [
      ["sales/2026/north.csv", "1"],
      ["sales/2026/south.csv", "22"],
      ["sales/2026/notes.txt", "x"],
      ["sales/2027/north.csv", "1"],
    ] as const)
      await bucket().put(key, text);
    const run = await start(
      "sources",
      `  matrix:
    uses: map
    with: {matrix: {rate: [0.1, 0.2], size: [s, l]}, do: {uses: decide, with: {outputs: {it: "\${item.size}-\${item.rate}"}}}}
  objects:
    uses: map
    with:
      objects: {prefix: "sales/\${inputs.year}/", suffix: .csv}
      do: {uses: decide, with: {outputs: {key: "\${item.key}", size: "\${item.size}"}}}
`,
      "inputs: {year: {type: integer}}\n",
      { year: 2026 },
    );
    const done = await wait(run);
    assert.deepEqual(
      outputsOf(done, "matrix").results,
      ["s-0.1", "l-0.1", "s-0.2", "l-0.2"].map((it) => ({ it })),
    );
    assert.deepEqual(outputsOf(done, "objects").results, [
      { key: "sales/2026/north.csv", size: 1 },
      { key: "sales/2026/south.csv", size: 2 },
    ]);
  });

  const failing = (ratio: string) => `  m:
    uses: map
    with:
      over: [1, 2, 3, 4]
      concurrency: 1
      ${ratio}
      do:
        uses: script
        retries: {maximum: 1, initialInterval: 0}
        with: {command: [sh, -c, "echo $SKYLOOM_TASK_KEY \${item} >> ${"$"}{inputs.marks}; test \${item % 2} = 0"]}
`;
  it("a map tries each item again and may let some fail", async () => {
    const marks = join(folder.path, "some-fail");
    const run = await start(
      "some-fail",
      failing("minimumSuccessRatio: 0.5"),
      "inputs: {marks: {type: string}}\n",
      {
        marks,
      },
    );
    const { results, failed, ...counts } = outputsOf(await wait(run), "m");
    assert.deepEqual(results, [null, {}, null, {}]);
    assert.deepEqual(counts, { count: 4, succeeded: 2 });
    assert.deepEqual(
      (failed as { index: number; error: string }[]).map(({ index, error }) => [
        index,
        /status 1/.test(error),
      ]),
      [
        [0, true],
        [2, true],
      ],
    );
    const attempts = (await readFile(marks, "utf8")).trim().split("\n");
    assert.deepEqual(attempts, [
      `${run.id}/m/0 1`,
      `${run.id}/m/0 1`,
      `${run.id}/m/1 2`,
      `${run.id}/m/2 3`,
      `${run.id}/m/2 3`,
      `${run.id}/m/3 4`,
    ]);
  });

  it("a map starts no more items once too many have failed, and says which", async () => {
    const marks = join(folder.path, "all-fail");
    const run = await start("too-many-fail", failing(""), "inputs: {marks: {type: string}}\n", { marks });
    const done = await wait(run);
    assert.match(
      done.error ?? "",
      /^task m failed: 1 of 4 items failed and none may, 3 were not started; item 0: sh ended with status 1/,
    );
    assert.doesNotMatch(await readFile(marks, "utf8"), /m\/1/);
  });

  it("a running map tells how many of its items have ended, without a word in the bucket", async () => {
    const gate = join(folder.path, "progress-gate");
    const script = `test \${index} != 1 || exit 1; while test \${index} -ge 3 -a ! -e ${gate}; do sleep 0.05; done`;
    const run = await start(
      "progress",
      `  m:
    uses: map
    with:
      over: [0, 1, 2, 3, 4, 5]
      minimumSuccessRatio: 0.5
      do: {uses: script, timeout: 300, with: {command: [sh, -c, "${script}"]}}
`,
    );
    const items = { count: 6, succeeded: 2, failed: 1 };
    for await (const change of (await engine.watchRun(run.id)) ?? []) {
      if (change.event === "task" && isDeepStrictEqual(change.data.items, items)) break;
    }
    const running = await engine.getRun(run.id);
    assert.deepEqual([running.tasks[0]?.state, running.tasks[0]?.items], ["running", items]);
    assert.equal((await createRunRepository(bucket()).read(run.id))?.state, "pending");
    await writeFile(gate, "");
    const done = await wait(run);
    assert.deepEqual([done.error, done.tasks[0]?.items], [null, { count: 6, succeeded: 5, failed: 1 }]);
  });

  it("a reduce carries out a task for each group", async () => {
    const run = await start(
      "groups",
      `  by-kind:
    uses: reduce
    with:
      of: [{kind: a, n: 1}, null, {kind: b, n: 5}, {kind: a, n: 2}]
      groupBy: "\${item.kind}"
      value: "\${item.n}"
      do: {uses: decide, with: {outputs: {kind: "\${item.key}", most: "\${item.values[size(item.values) - 1]}"}}}
`,
    );
    const done = await wait(run);
    assert.deepEqual(done.tasks[0]?.items, { count: 2, succeeded: 2, failed: 0 });
    assert.deepEqual(outputsOf(done, "by-kind"), {
      groups: [
        { key: "a", value: { kind: "a", most: 2 }, count: 2 },
        { key: "b", value: { kind: "b", most: 5 }, count: 1 },
      ],
      count: 3,
      skipped: 1,
    });
  });

  it("a reduce of nothing gives what combine makes of nothing, or what the file says", async () => {
    const run = await start(
      "nothing",
      `  sum: {uses: reduce, with: {of: [], combine: sum}}
  objects: {uses: reduce, outputs: {value: {type: object}}, with: {of: [null], combine: sum, empty: {}}}
  least: {uses: reduce, with: {of: [3], combine: min, empty: 7}}
`,
    );
    const done = await wait(run);
    assert.equal(done.error, null);
    assert.deepEqual(outputsOf(done, "sum"), { value: 0, count: 0, skipped: 0 });
    assert.deepEqual(outputsOf(done, "objects"), { value: {}, count: 0, skipped: 1 });
    assert.deepEqual(outputsOf(done, "least"), { value: 3, count: 1, skipped: 0 });
  });

  it("a reduce takes a value of nothing only where it combines all", async () => {
    for (const [parameters, message] of [
      ["do: {uses: notify, with: {message: x}}", /with\.empty: .*is for combine only/],
      ['combine: sum, groupBy: "${item}"', /with\.empty: .*is for what has no groupBy/],
    ] as const) {
      const task = `{uses: reduce, with: {of: [1], empty: 0, ${parameters}}}`;
      await assert.rejects(engine.putDefinition(`name: bad\ntasks:\n  a: ${task}\n`), message);
    }
  });

  it("a cancel in the middle of a map ends what runs and starts nothing more", async () => {
    const marks = join(folder.path, "cancelled");
    const run = await start(
      "cancelled-map",
      `  m:
    uses: map
    with:
      over: [0, 1, 2, 3, 4, 5]
      concurrency: 2
      do: {uses: script, timeout: 300, with: {command: [sh, -c, "echo \${item} >> ${marks}; sleep 300; echo survived >> ${marks}"]}}
`,
    );
    await waitForRun(
      async () => {
        assert.equal((await readFile(marks, "utf8")).length, 4);
        return run;
      },
      () => true,
      60,
    );
    await engine.cancelRun(run.id, "enough");
    const done = await wait(run);
    assert.deepEqual([done.state, done.error, done.tasks[0]?.state], ["cancelled", "enough", "cancelled"]);
    assert.deepEqual(done.tasks[0]?.items, { count: 6, succeeded: 0, failed: 0 });
    assert.deepEqual((await readFile(marks, "utf8")).trim().split("\n").sort(), ["0", "1"]);
  });

  it("a map goes on after a restart of the runtime; what was recorded does not run again", async () => {
    const marks = join(folder.path, "restarted");
    const gate = join(folder.path, "gate");
    const run = await start(
      "restarted-map",
      `  m:
    uses: map
    with:
      over: [0, 1, 2, 3]
      concurrency: 1
      do: {uses: script, timeout: 300, with: {command: [sh, -c, "echo \${item} >> ${marks}; while test \${item} = 2 -a ! -e ${gate}; do sleep 0.05; done"]}}
`,
    );
    await waitForRun(
      async () => {
        assert.equal(await readFile(marks, "utf8"), "0\n1\n2\n");
        return run;
      },
      () => true,
      60,
    );
    const stopped = engine.stop();
    await writeFile(gate, "");
    await stopped;
    engine = await startEngine();
    assert.equal((await wait(run)).state, "succeeded");
    assert.deepEqual((await readFile(marks, "utf8")).trim().split("\n"), ["0", "1", "2", "3"]);
  });

  it("an item whose expression fails counts as failed, also where its body is isolated", async () => {
    const run = await start(
      "bad-items",
      `  m:
    uses: map
    with: {over: [{n: x}, {}], minimumSuccessRatio: 0.5, do: {uses: script, with: {command: ["true", "\${item.n}"]}}}
`,
    );
    const { failed } = outputsOf(await wait(run), "m") as { failed: { index: number; error: string }[] };
    assert.deepEqual(
      failed.map(({ index }) => index),
      [1],
    );
    assert.match(failed[0]?.error ?? "", /^expression \$\{item\.n\} failed/);
  });

  it("a body's parameters are checked before anything runs, its expressions too", async () => {
    const specification = (body: string) =>
      `name: bad\ntasks:\n  m: {uses: map, with: {over: [1], do: ${body}}}\n`;
    const problems = async (body: string) => {
      try {
        await engine.putDefinition(specification(body));
      } catch (error) {
        return (error as { problems: { path: string; message: string }[] }).problems.map(
          ({ path, message }) => `${path}: ${message}`,
        );
      }
      return [];
    };
    assert.match(
      (await problems("{uses: scirpt}")).join(),
      /tasks\.m\.with\.do\.uses: .*"scirpt", did you mean "script"/,
    );
    assert.match(
      (await problems("{uses: approve, with: {question: x}}")).join(),
      /with\.do\.uses: .*"approve" waits/,
    );
    assert.match((await problems("{uses: script, with: {}}")).join(), /tasks\.m\.with\.do\.with\.command: /);
    assert.match(
      (await problems('{uses: notify, with: {message: "${items}"}}')).join(),
      /with\.do\.with\.message: .*Unknown variable: items/,
    );
    const outside = `name: bad\ntasks:\n  a: {uses: notify, with: {message: "\${item}"}}\n`;
    await assert.rejects(engine.putDefinition(outside), /"item" is not known here/);
  });
});
