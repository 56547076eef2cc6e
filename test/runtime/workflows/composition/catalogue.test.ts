import assert from "node:assert/strict";
import type { ApiError } from "../../../../runtime/errors.ts";
import { parseCatalogue } from "../../../../runtime/workflows/composition/catalogue.ts";

describe("catalogue of tasks", () => {
  it("is refused with every problem, each with its place", () => {
    const text = `inputs: {raw: {type: strin}}
tasks:
  a: {uses: notifi, produces: {raw: text}}
  b: {uses: decide, needs: [zz], with: {outputs: {x: "\${artifacts.table} \${inputs.row}"}}, consume: {}}
`;
    assert.throws(
      () => parseCatalogue(text),
      (error: ApiError) => {
        assert.equal(error.code, "invalid-catalogue");
        assert.deepEqual(
          error.problems.map(({ path, line, column }) => `${path} ${line}:${column}`),
          [
            "tasks.b.consume 4:92",
            "inputs.raw 1:15",
            "tasks.a.uses 3:13",
            "tasks.b.with.outputs.x 4:57",
            "tasks.b.with.outputs.x 4:76",
            "tasks.b.needs[0] 4:29",
            "tasks.a.produces.raw 3:32",
          ],
        );
        return true;
      },
    );
  });

  it("may hold several producers of an artifact, circles, and tasks that lack something", () => {
    const { templates, inputs } = parseCatalogue(`inputs: {raw: {}}
tasks:
  a: {uses: decide, consumes: {y: t}, produces: {x: t}, with: {outputs: {x: "\${inputs.raw}"}}}
  b: {uses: decide, consumes: {x: t}, produces: {y: t}, with: {outputs: {y: "\${tasks.a.outputs.x}"}}}
  c: {uses: decide, consumes: {nowhere: t}, produces: {x: t}, duration: 5, with: {outputs: {}}}
`);
    assert.deepEqual(Object.keys(inputs), ["raw"]);
    assert.deepEqual(
      templates.map(({ name, inputs: used, requires, duration }) => [name, used, requires, duration]),
      [
        ["a", ["raw"], [], 0],
        ["b", [], ["a"], 0],
        ["c", [], [], 5],
      ],
    );
  });
});
