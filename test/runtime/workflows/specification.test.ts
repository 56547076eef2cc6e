import assert from "node:assert/strict";
import { ApiError } from "../../../runtime/errors.ts";
import { mermaid } from "../../../runtime/workflows/mermaid.ts";
import { parseWorkflow } from "../../../runtime/workflows/specification.ts";

function problemsOf(text: string): string[] {
  try {
    parseWorkflow(text);
  } catch (error) {
    assert(error instanceof ApiError);
    assert.equal(error.code, "invalid-workflow");
    assert.equal(error.status, 400);
    return error.problems.map(({ path, message }) => `${path} | ${message}`);
  }
  return [];
}

const minimal = (tasks: string, head = "") => `name: example\n${head}tasks:\n${tasks}`;

describe("workflow specification", () => {
  const good = `
name: example
description: An example
inputs: {n: {type: number, default: 2}}
outputs: {o: {type: number, value: "\${tasks.last.outputs.x}"}}
triggers: [{message: {type: example.happened}}]
defaults: {timeout: 5, retries: {maximum: 1}}
tasks:
  last:
    goal: add
    onException: stop
    outputs: {x: {type: number}}
    uses: decide
    needs: [other]
    with: {outputs: {x: "\${tasks.first-one.outputs.x + 1}"}}
  other: {uses: notify, timeout: 7, priority: 3, with: {message: "\${run.id}"}}
  first-one: {uses: decide, with: {outputs: {x: "\${inputs.n}"}}}
`.replaceAll("tasks.first-one", 'tasks[\\"first-one\\"]');

  it("gives the tasks with defaults, inferred dependencies and their order", () => {
    const { workflow } = parseWorkflow(good);
    assert.deepEqual(workflow.dependencies, { last: ["other", "first-one"], other: [], "first-one": [] });
    assert.deepEqual(workflow.order, ["other", "first-one", "last"]);
    assert.equal(workflow.tasks.other?.timeout, 7);
    assert.equal(workflow.tasks.last?.timeout, 5);
    assert.deepEqual(workflow.tasks.last?.retries, {
      maximum: 1,
      initialInterval: 0.1,
      maximumInterval: 5,
      factor: 2,
    });
    assert.equal(workflow.concurrency, 4);
  });

  it("reads JSON as well", () => {
    const json = { name: "example", tasks: { a: { uses: "decide", with: { outputs: {} } } } };
    assert.equal(parseWorkflow(JSON.stringify(json, null, "\t")).workflow.name, "example");
  });

  it("warns of missing parts of the requirement model, and only warns", () => {
    const { warnings } = parseWorkflow(good);
    assert.deepEqual(
      warnings.map((warning) => warning.path),
      ["tasks.other", "tasks.first-one"],
    );
    assert.match(warnings[0]?.message ?? "", /^line 16, column 3: .*"goal".*"outputs".*"onException"/);
  });

  it("draws the graph", () => {
    const text = mermaid(parseWorkflow(good).workflow);
    assert.match(text, /^flowchart TD\n {2}t0\["other<br\/>notify"\]/);
    assert.match(text, / t1 --> t2$/m);
  });

  it("reports every problem at once, each with path, line and column", () => {
    const text = `name: Bad Name
descripton: x
inputs:
  metrics: {type: array}
  a: {properties: {}}
concurrency: 0
tasks:
  a:
    uses: inferr
    needs: [b, zz]
  b:
    uses: decide
    timeout: "5"
    with: {outputs: {x: "\${tasks.a.outputs.x + }", y: '\${inputs.metric}'}}
    when: \${tasks.a.state == "succeeded" && tasks.d.stat == 'x'}
  c:
    uses: script
    with: {command: "\${inputs.metrics}", environmen: {}}
  d:
    uses: notify
    with: {level: loud, message: "\${tasks.a.state} \${foo}"}
    when: inputs.metrics
`;
    const expected = [
      "name | line 1, column 7: must begin with a small letter",
      'descripton | line 2, column 1: unknown key "descripton", did you mean "description"? allowed are name, description',
      'inputs.a | line 5, column 6: "properties" needs "type: object" beside it',
      "concurrency | line 6, column 14: Too small",
      'tasks.a.uses | line 9, column 11: unknown task type "inferr", did you mean "infer"? known are infer, script',
      'tasks.a.needs[1] | line 10, column 16: unknown task "zz"; known are a, b, c, d',
      "tasks.b.timeout | line 13, column 14: Invalid input: expected number",
      "tasks.b.with.outputs.x | line 14, column 48: Unexpected token",
      'tasks.b.with.outputs.y | line 14, column 58: unknown input "metric", did you mean "metrics"?',
      'tasks.b.when | line 15, column 45: tasks.d has "outputs" and "state", not "stat"',
      'tasks.c.with.environmen | line 18, column 42: unknown key "environmen", did you mean "environment"?',
      "tasks.d.with.level | line 21, column 19: Invalid option",
      "tasks.d.with.message | line 21, column 54: Unknown variable: foo",
      'tasks.d.when | line 22, column 11: must be one "${...}" expression',
      "tasks.a | line 8, column 3: the tasks wait for each other in a cycle: a -> b -> a",
    ];
    const problems = problemsOf(text);
    for (const start of expected)
      assert(
        problems.some((problem) => problem.startsWith(start)),
        `${start}\nis not among\n${problems.join("\n")}`,
      );
    assert.equal(problems.length, expected.length, problems.join("\n"));
  });

  it("takes secrets of scripts, and refuses every other form of them with its place", () => {
    const task = (secrets: string) =>
      minimal(
        `  a:\n    uses: script\n    with:\n      command: [x]\n      environment: {COLOUR: red}\n      secrets:\n${secrets}`,
        "inputs: {name: {}}\n",
      );
    assert.deepEqual(problemsOf(task("        API_KEY: api-key\n        other: b2\n")), []);
    const path = "tasks.a.with.secrets";
    for (const [secrets, start] of [
      ["        1KEY: key\n", `${path}.1KEY | line 10, column 9: must be a variable name`],
      [
        "        SKYLOOM_TOKEN: key\n",
        `${path}.SKYLOOM_TOKEN | line 10, column 9: must be a variable name that`,
      ],
      ["        PATH: key\n", `${path}.PATH | line 10, column 9: PATH is reserved`],
      ["        LD_PRELOAD: key\n", `${path}.LD_PRELOAD | line 10, column 9: LD_PRELOAD is reserved`],
      [
        "        KEY: Api_Key\n",
        `${path}.KEY | line 10, column 14: must be the name of a secret, which must begin`,
      ],
      ["        KEY: 5\n", `${path}.KEY | line 10, column 14: must be the name of a secret`],
      ["        KEY: {name: key}\n", `${path}.KEY | line 10, column 14: must be the name of a secret`],
      ['        KEY: "${inputs.name}"\n', `${path}.KEY | line 10, column 14: must be the name of a secret`],
      ['        KEY: "${inputs.name}"\n', "what a run may read is fixed in its file"],
      ["        COLOUR: key\n", `${path}.COLOUR | line 10, column 17: is in environment as well`],
      [
        "        - KEY\n",
        `${path} | line 10, column 9: must be a mapping from variables to names of secrets`,
      ],
      ['        "${inputs.name}"\n', `${path} | line 10, column 9: must be a mapping from variables`],
    ] as const)
      assert(
        problemsOf(task(secrets)).some((problem) => problem.includes(start)),
        `${start}\nis not among\n${problemsOf(task(secrets)).join("\n")}`,
      );
    const elsewhere = minimal("  a: {uses: notify, with: {message: x, secrets: {KEY: key}}}\n");
    assert.match(problemsOf(elsewhere).join(), /tasks\.a\.with\.secrets \| .* unknown key "secrets"/);
  });

  it("gives the path of a cycle, also of one through expressions", () => {
    const text = minimal(`  a: {uses: notify, needs: [b], with: {message: x}}
  b: {uses: notify, with: {message: "\${tasks.c.state}"}}
  c: {uses: notify, when: "\${tasks.a.state == 'x'}", with: {message: x}}
`);
    assert.deepEqual(problemsOf(text), [
      "tasks.a | line 3, column 3: the tasks wait for each other in a cycle: a -> b -> c -> a",
    ]);
  });

  it("accepts an expression wherever another type is asked for, and checks the rest beside it", () => {
    const text = minimal(
      `  a:
    uses: infer
    with: {model: m, inputs: {x: {datatype: FP32, shape: "\${inputs.shape}", data: "\${inputs.data}"}, y: {datatype: FP31, shape: [1], data: []}}}
`,
      "inputs: {shape: {}, data: {}}\n",
    );
    assert.deepEqual(
      problemsOf(text).map((problem) => problem.split(" | ")[0]),
      ["tasks.a.with.inputs.y.datatype"],
    );
  });

  for (const [what, text, message] of [
    ["nothing", "", /expected object/],
    ["a list", "[]", /expected object/],
    ["broken YAML", "a: [", /line 1, column \d+: Flow sequence/],
    ["a key twice", "name: a\nname: b\n", /line 2, column 1: Map keys must be unique/],
    ["no tasks", "name: x\ntasks: {}\n", /at least one task/],
    [
      "an alias bomb",
      `a: &a [${"1,".repeat(50)}]\nb: &b [${"*a,".repeat(50)}]\nc: [${"*b,".repeat(50)}]\n`,
      /alias/i,
    ],
    [
      "a schema of no type",
      minimal("  a: {uses: decide, with: {outputs: {}}}\n", "inputs: {x: {type: strin}}\n"),
      /Unsupported type: strin/,
    ],
    ["a text too large", `name: ${"x".repeat(1_100_000)}`, /larger than/],
    [
      "a name with a dash in an expression",
      minimal(
        '  a-b: {uses: decide, with: {outputs: {}}}\n  c: {uses: notify, with: {message: "${tasks.a.state}"}}\n',
      ),
      /tasks\["a-b"\]/,
    ],
  ] as const)
    it(`refuses ${what}`, () => {
      assert.match(problemsOf(text).join("\n"), message);
    });
});
