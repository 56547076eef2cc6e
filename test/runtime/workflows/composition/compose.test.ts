import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { ApiError } from "../../../../runtime/errors.ts";
import { parseCatalogue } from "../../../../runtime/workflows/composition/catalogue.ts";
import { compose } from "../../../../runtime/workflows/composition/compose.ts";
import { parseWorkflow } from "../../../../runtime/workflows/specification.ts";

interface Sketch {
  consumes?: string[];
  produces?: string[];
  needs?: string[];
  duration?: number;
  when?: boolean;
  /** Makes tasks with the same text the same. Default: the name. */
  does?: string;
}

/** A catalogue of tasks whose artifacts are all of one type, unless written `NAME:TYPE`. */
function catalogueOf(tasks: Record<string, Sketch>, inputs: string[] = []) {
  const artifacts = (names: string[] = []) =>
    Object.fromEntries(names.map((text) => text.split(":")).map(([name, type = "any"]) => [name, type]));
  return parseCatalogue(
    JSON.stringify({
      inputs: Object.fromEntries(inputs.map((name) => [name, {}])),
      tasks: Object.fromEntries(
        Object.entries(tasks).map(([name, { consumes, produces, does = name, ...rest }]) => [
          name,
          {
            uses: "notify",
            with: { message: does },
            consumes: artifacts(consumes),
            produces: artifacts(produces),
            ...rest,
          },
        ]),
      ),
    }),
  );
}

function refusal(action: () => unknown): ApiError {
  try {
    action();
  } catch (error) {
    assert(error instanceof ApiError);
    return error;
  }
  throw new Error("nothing was refused");
}

describe("composition of workflows", () => {
  it("gives a workflow that is valid as it stands, of the example's catalogue", () => {
    const file = new URL("../../../../examples/workflows/compose/catalogue.yaml", import.meta.url);
    const catalogue = parseCatalogue(readFileSync(file, "utf8"));
    const composition = compose([catalogue], { goal: ["forecast", "quality"], name: "sales" });
    const { workflow, warnings } = parseWorkflow(composition.specification);
    assert.deepEqual(warnings, []);
    assert.equal(workflow.name, "sales");
    assert.deepEqual(workflow.dependencies, {
      clean: [],
      count: ["clean"],
      forecast: ["clean", "count"],
      check: ["count"],
    });
    assert.deepEqual(Object.keys(workflow.inputs), ["sales"]);
    assert.deepEqual(composition.optimisations, [
      { kind: "shared", kept: "count", others: ["number-of-days"] },
      { kind: "dropped", tasks: ["fetch", "unpack"] },
      { kind: "need-removed", task: "forecast", need: "clean", through: "count" },
    ]);
    assert(composition.isExact);
  });

  it("takes the fewest tasks also where each part alone would take others", () => {
    const catalogue = catalogueOf({
      "a-alone": { produces: ["a"] },
      "b-alone": { produces: ["b"] },
      "c-alone": { produces: ["c"] },
      together: { consumes: ["seed"], produces: ["a", "b", "c"] },
      seed: { produces: ["seed"] },
    });
    assert.deepEqual(compose([catalogue], { goal: ["a"] }).tasks, ["a-alone"]);
    const all = compose([catalogue], { goal: ["a", "b", "c"] });
    assert.deepEqual(all.tasks, ["together", "seed"]);
    assert.deepEqual(all.optimisations, [{ kind: "dropped", tasks: ["a-alone", "b-alone", "c-alone"] }]);
  });

  it("of as many tasks takes those whose longest chain is shortest", () => {
    const catalogue = catalogueOf({
      slow: { produces: ["x"], duration: 10 },
      quick: { produces: ["x"], duration: 9 },
      "uses-x": { consumes: ["x"], produces: ["goal"], duration: 5 },
      beside: { produces: ["other"], duration: 14 },
    });
    assert.deepEqual(compose([catalogue], { goal: ["goal", "other"] }).tasks, ["quick", "uses-x", "beside"]);
  });

  it("gives each artifact one producer where chosen tasks make it twice", () => {
    const catalogue = catalogueOf({
      first: { produces: ["x", "extra"] },
      second: { produces: ["y", "extra"] },
    });
    const { specification } = compose([catalogue], { goal: ["x", "y"] });
    const { tasks } = parseWorkflow(specification).workflow;
    assert.deepEqual(tasks.first?.produces, { x: "any", extra: "any" });
    assert.deepEqual(tasks.second?.produces, { y: "any" });
  });

  it("never lets tasks wait for each other", () => {
    const catalogue = catalogueOf({
      "a-of-b": { consumes: ["b"], produces: ["a"] },
      "b-of-a": { consumes: ["a"], produces: ["b"] },
      "a-of-c": { consumes: ["c"], produces: ["a"] },
      c: { produces: ["c"] },
    });
    assert.deepEqual(compose([catalogue], { goal: ["a", "b"] }).tasks, ["b-of-a", "a-of-c", "c"]);
  });

  it("brings along what a task needs by name, and keeps needs that a condition could break", () => {
    const tasks = {
      last: { needs: ["middle", "first"], produces: ["x"] },
      middle: { needs: ["first"], when: true },
      first: {},
    };
    const kept = compose([catalogueOf(tasks)], { goal: ["x"] });
    assert.deepEqual(parseWorkflow(kept.specification).workflow.tasks.last?.needs, ["middle", "first"]);
    const { when: _when, ...certain } = tasks.middle;
    const removed = compose([catalogueOf({ ...tasks, middle: certain })], { goal: ["x"] });
    assert.deepEqual(parseWorkflow(removed.specification).workflow.tasks.last?.needs, ["middle"]);
  });

  it("shares equal tasks of several catalogues, and refuses two of one name", () => {
    const one = catalogueOf({ load: { produces: ["x"], does: "load" } });
    const other = catalogueOf({
      "load-too": { produces: ["x"], does: "load" },
      use: { consumes: ["x"], produces: ["y"], needs: ["load-too"] },
    });
    const { tasks, optimisations } = compose([one, other], { goal: ["y"] });
    assert.deepEqual(tasks, ["load", "use"]);
    assert.deepEqual(optimisations, [{ kind: "shared", kept: "load", others: ["load-too"] }]);
    const clash = refusal(() => compose([one, catalogueOf({ load: { produces: ["z"] } })], { goal: ["z"] }));
    assert.deepEqual([clash.code, clash.problems[0]?.path], ["invalid-catalogue", "tasks.load"]);
  });

  it("says what nothing produces, and who wants it", () => {
    const catalogue = catalogueOf({
      train: { consumes: ["table:csv", "labels"], produces: ["model"] },
      clean: { consumes: ["raw"], produces: ["table:parquet"] },
      chicken: { consumes: ["egg"], produces: ["hen"] },
      egg: { consumes: ["hen"], produces: ["egg"] },
    });
    const error = refusal(() => compose([catalogue], { goal: ["model", "labels"] }));
    assert.deepEqual([error.status, error.code], [422, "artifact-missing"]);
    assert.deepEqual(
      error.problems.map(({ path, message }) => `${path}: ${message}`),
      [
        'labels: wanted by goal, train: nothing produces it, and no input has its name; did you mean "table"?',
        "table: wanted by train: it is wanted as csv, and produced as parquet by clean",
      ],
    );
    const circle = refusal(() => compose([catalogue], { goal: ["hen"] }));
    assert.match(circle.problems[0]?.message ?? "", /waits, directly or not, for itself/);
    assert.equal(refusal(() => compose([catalogue], { goal: [] })).code, "nothing-to-compose");
    const input = catalogueOf({ use: { consumes: ["x"], produces: ["y"] } }, ["x"]);
    assert.match(refusal(() => compose([input], { goal: ["x"] })).message, /"x" is an input/);
  });

  it("refuses a goal whose parts exclude each other", () => {
    const catalogue = catalogueOf({
      "as-csv": { produces: ["t:csv"] },
      "as-parquet": { produces: ["t:parquet"] },
      "of-csv": { consumes: ["t:csv"], produces: ["a"] },
      "of-parquet": { consumes: ["t:parquet"], produces: ["b"] },
    });
    assert.equal(refusal(() => compose([catalogue], { goal: ["a", "b"] })).code, "goal-inconsistent");
  });

  it("is as small as the smallest of all choices, on random catalogues", () => {
    for (let seed = 1; seed <= 60; seed++) {
      const sketch = randomTasks(seed);
      const smallest = smallestByTrying(sketch, ["g"]);
      const run = () => compose([catalogueOf(sketch)], { goal: ["g"] });
      if (smallest === undefined) assert.equal(refusal(run).code, "artifact-missing");
      else assert.equal(run().tasks.length, smallest, `seed ${seed}`);
    }
  });

  it("says where it could not see all alternatives, and still gives a workflow", () => {
    // 24 artifacts with two producers each, of which no bound cuts any off: 16 million choices.
    const layers = Array.from({ length: 24 }, (_, index) => `x${index}`);
    const sketch: Record<string, Sketch> = { all: { consumes: layers, produces: ["goal"] } };
    for (const [index, layer] of layers.entries()) {
      sketch[`${layer}-a`] = { produces: [layer], consumes: [`s${index}`] };
      sketch[`${layer}-b`] = { produces: [layer], consumes: [`s${(index + 1) % layers.length}`] };
      sketch[`s${index}`] = { produces: [`s${index}`] };
    }
    const { isExact, tasks } = compose([catalogueOf(sketch)], { goal: ["goal"] });
    assert.equal(isExact, false);
    assert(tasks.includes("all"));
  });
});

/** Ten tasks over six artifacts and the goal. */
function randomTasks(seed: number): Record<string, Sketch> {
  let state = seed;
  const random = (below: number) => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
  const artifact = () => ["p", "q", "r", "s", "t", "g"][random(6)] as string;
  return Object.fromEntries(
    Array.from({ length: 10 }, (_, index) => {
      const produces = [...new Set([artifact(), ...(random(3) === 0 ? [artifact()] : [])])];
      const consumes = [...new Set(Array.from({ length: random(3) }, artifact))].filter(
        (name) => !produces.includes(name),
      );
      return [`task-${index}`, { produces, consumes }];
    }),
  );
}

/** The size of the smallest set of tasks that can be done one after the other and yields the goal; by trying every set. */
function smallestByTrying(sketch: Record<string, Sketch>, goal: string[]): number | undefined {
  const tasks = Object.values(sketch);
  let smallest: number | undefined;
  for (let set = 0; set < 2 ** tasks.length; set++) {
    const chosen = tasks.filter((_, index) => (set >> index) & 1);
    if (smallest !== undefined && chosen.length >= smallest) continue;
    const have = new Set<string>();
    let waiting = chosen;
    for (let isChanged = true; isChanged; ) {
      const ready = waiting.filter(({ consumes = [] }) => consumes.every((name) => have.has(name)));
      isChanged = ready.length > 0;
      waiting = waiting.filter((task) => !ready.includes(task));
      for (const { produces = [] } of ready) for (const name of produces) have.add(name);
    }
    if (waiting.length === 0 && goal.every((name) => have.has(name))) smallest = chosen.length;
  }
  return smallest;
}
