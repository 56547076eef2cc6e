import assert from "node:assert/strict";
import { ExpressionSyntaxError, type Scope } from "../../../runtime/workflows/expressions.ts";
import { evaluateTemplates, findTemplates, parseTemplate } from "../../../runtime/workflows/templates.ts";

const scope: Scope = { inputs: { n: 3, list: [1, 2], none: null }, tasks: {}, run: { id: "r" } };

describe("templates", () => {
  const cases: [template: unknown, value: unknown][] = [
    ["${inputs.n}", 3],
    ["n is ${inputs.n}", "n is 3"],
    ["${inputs.n}${inputs.n}", "33"],
    ["${inputs.list}", [1, 2]],
    ["list ${inputs.list}", "list [1,2]"],
    ["[${inputs.none}]", "[]"],
    ['${ {"a": "}"} }', { a: "}" }],
    ["$${HOME} ${run.id}", "${HOME} r"],
    ["no expression", "no expression"],
    [{ a: ["${inputs.n}", 1, null, true] }, { a: [3, 1, null, true] }],
  ];
  for (const [template, value] of cases)
    it(`${JSON.stringify(template)} is ${JSON.stringify(value)}`, () => {
      assert.deepEqual(evaluateTemplates(template, scope), value);
    });

  const faults: [text: string, offset: number, message: RegExp][] = [
    ["abc ${inputs.n", 4, /without "}"/],
    ["${}", 2, /empty/],
    ["ab ${inputs.n +}", 15, /Unexpected token/],
    ['${"abc}', 2, /quotes/],
  ];
  for (const [text, offset, message] of faults)
    it(`${text} is refused at character ${offset}`, () => {
      assert.throws(
        () => parseTemplate(text),
        (error) =>
          error instanceof ExpressionSyntaxError && error.offset === offset && message.test(error.message),
      );
    });

  it("finds every string with an expression, with its path", () => {
    assert.deepEqual(findTemplates({ a: "x", b: [{ c: "${inputs.n}" }] }), [
      { path: ["b", 0, "c"], text: "${inputs.n}" },
    ]);
  });
});
