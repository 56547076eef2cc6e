import assert from "node:assert/strict";
import { ApiError } from "../../../runtime/errors.ts";
import {
  compileExpression,
  ExpressionSyntaxError,
  type Scope,
} from "../../../runtime/workflows/expressions.ts";

const scope: Scope = {
  inputs: { count: 5, ratio: 1.5, list: [1, 2, 3], name: "disk", nothing: null, nested: { a: { b: 1 } } },
  tasks: {
    detect: { state: "succeeded", outputs: { score: { data: [0.75] } } },
    late: { state: "skipped", outputs: null },
  },
  run: { id: "run-1" },
};
const evaluate = (source: string) => compileExpression(source).evaluate(scope);

describe("expressions", () => {
  const cases: [source: string, value: unknown][] = [
    ["tasks.detect.outputs.score.data[0] >= 0.5", true],
    ['tasks["late"].state', "skipped"],
    ["run.id", "run-1"],
    ["inputs.count + 1", 6],
    ["1 + inputs.count", 6],
    ["inputs.count / 2", 2.5],
    ["inputs.count % 2 == 1", true],
    ["inputs.list[inputs.count - 4]", 2],
    ["inputs.list.map(x, x * 2)", [2, 4, 6]],
    ["size(inputs.list)", 3],
    ["7 / 2", 3],
    ["inputs.nothing", null],
    ['{"a": 1, "b": [inputs.name, null]}', { a: 1, b: ["disk", null] }],
    ['"disk-" + string(inputs.count)', "disk-5"],
    ["inputs.?missing.orValue(3)", 3],
    ["has(inputs.missing)", false],
    ['timestamp("2024-01-01T00:00:00Z")', "2024-01-01T00:00:00.000Z"],
    ['duration("1500ms")', 1.5],
    ['b"abc"', "YWJj"],
    ["uint(3)", 3],
  ];
  for (const [source, value] of cases)
    it(`${source} is ${JSON.stringify(value)}`, () => {
      const result = evaluate(source);
      assert.deepEqual(result, value);
      assert.deepEqual(JSON.parse(JSON.stringify(result)), value, "it survives JSON unchanged");
    });

  it("gives copies: changing a value does not change the scope", () => {
    const value = evaluate("inputs.nested") as { a: { b: number } };
    value.a.b = 2;
    assert.deepEqual(scope.inputs.nested, { a: { b: 1 } });
  });

  for (const source of [
    "inputs.constructor",
    "inputs.__proto__",
    "inputs.name.constructor",
    "inputs.list.length",
  ])
    it(`reaches nothing of JavaScript: ${source}`, () => {
      assert.throws(() => evaluate(source), /No such key/);
    });

  it("refuses values without a JSON form, naming the expression", () => {
    assert.throws(() => evaluate("9007199254740993"), /\$\{9007199254740993\} failed: .*does not fit/);
    assert.throws(() => evaluate("type(1)"), /no JSON form/);
    assert.throws(() => evaluate("inputs.ratio / 0.0"), /Infinity has no JSON form/);
  });

  it("names the expression and the reason when evaluation fails", () => {
    assert.throws(
      () => evaluate("tasks.late.outputs.score"),
      (error) =>
        error instanceof ApiError &&
        error.code === "expression-failed" &&
        error.message === "expression ${tasks.late.outputs.score} failed: No such key: score",
    );
  });

  it("reports where the syntax is wrong", () => {
    assert.throws(
      () => compileExpression("inputs.count +"),
      (error) => error instanceof ExpressionSyntaxError && error.offset === 14,
    );
    assert.throws(
      () => compileExpression("1 + foo"),
      (error) =>
        error instanceof ExpressionSyntaxError &&
        error.offset === 4 &&
        /Unknown variable: foo/.test(error.message),
    );
  });

  it("lists what an expression looks at, through macros and computed members", () => {
    const { references } = compileExpression(
      'tasks.a.outputs["x"][0].y + inputs.list.map(t, tasks["b-c"].state)[int(inputs.count)] + tasks[inputs.name].state',
    );
    assert.deepEqual(references.map(({ root, path }) => [root, ...path].join(".")).sort(), [
      "inputs.count",
      "inputs.list",
      "inputs.name",
      "tasks",
      "tasks.a.outputs.x",
      "tasks.b-c.state",
    ]);
  });
});
