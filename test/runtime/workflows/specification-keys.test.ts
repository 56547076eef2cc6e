import assert from "node:assert/strict";
import { ApiError } from "../../../runtime/errors.ts";
import { parseWorkflow } from "../../../runtime/workflows/specification.ts";
import { scheduledInputs } from "../../../runtime/workflows/specification-triggers.ts";

function problemsOf(text: string): string[] {
  try {
    parseWorkflow(text);
  } catch (error) {
    assert(error instanceof ApiError);
    return error.problems.map(({ path, message }) => `${path} | ${message}`);
  }
  return [];
}

/** Each start must begin one problem, and no other problem may be there. */
function assertProblems(text: string, starts: string[]): void {
  const problems = problemsOf(text);
  for (const start of starts)
    assert(
      problems.some((problem) => problem.startsWith(start)),
      `${start}\nis not among\n${problems.join("\n")}`,
    );
  assert.equal(problems.length, starts.length, problems.join("\n"));
}

const whole = `
name: example
description: An example
deadline: 3600
share: 2
inputs: {raw: {type: string, default: a}, day: {type: string}}
triggers:
  - message: {type: raw.arrived}
  - schedule: {cron: "0 6 * * 1-5", timeZone: Europe/Berlin, missed: all, inputs: {day: "\${schedule.time}"}}
  - object: {prefix: incoming/, suffix: .csv}
  - workflow: {name: upstream, states: [succeeded, failed]}
defaults: {timeout: 5, weight: 3, priority: 7, exceptionCost: 10, retries: {maximum: 1, errors: [task-timeout]}}
tasks:
  train:
    uses: decide
    consumes: {table: dataset/csv, raw: text/plain}
    produces: {model: model/onnx}
    resources: {cpu: 2, memory: 4Gi, gpu: {minimum: 3, maximum: 4}}
    duration: 10800
    deadline: 7200
    weight: 1
    exceptionProbability: 0.1
    with: {outputs: {size: 1}}
    fallback: {outputs: {size: "\${tasks.check.outputs.size}"}}
    compensation: {uses: notify, with: {message: "undo \${tasks.train.outputs.size} \${tasks.clean.outputs.x}"}}
    cache: {key: "\${tasks.early.outputs.x}", maximumAge: 60}
  clean: {uses: decide, produces: {table: dataset/csv}, retries: {maximum: 4}, with: {outputs: {x: 1}}}
  early: {uses: decide, with: {outputs: {x: 1}}}
  check:
    uses: decide
    with: {outputs: {size: 0}}
    fallback: {uses: notify, with: {message: "\${tasks.early.state}"}}
`;

describe("workflow specification: artifacts, resources, exceptions and triggers", () => {
  it("parses them, with defaults", () => {
    const { workflow } = parseWorkflow(whole);
    const { train, clean, check } = workflow.tasks;
    assert.deepEqual(train?.resources, {
      cpu: { minimum: 2, maximum: 2 },
      memory: { minimum: 2 ** 32, maximum: 2 ** 32 },
      gpu: { minimum: 3, maximum: 4 },
    });
    assert.deepEqual([train?.weight, train?.priority, train?.exceptionCost, train?.timeout], [1, 7, 10, 5]);
    assert.deepEqual([clean?.retries.maximum, clean?.retries.errors], [4, ["task-timeout"]]);
    assert.deepEqual(check?.fallback, { uses: "notify", with: { message: "${tasks.early.state}" } });
    assert.deepEqual(workflow.triggers[1]?.schedule?.missed, "all");
    assert.deepEqual([workflow.deadline, workflow.share], [3600, 2]);
  });

  it("infers dependencies from artifacts, fallback and cache key, and none from a compensation", () => {
    assert.deepEqual(parseWorkflow(whole).workflow.dependencies, {
      train: ["check", "early", "clean"],
      clean: [],
      early: [],
      check: ["early"],
    });
  });

  it("gives a schedule's inputs for the time it was due at", () => {
    const schedule = parseWorkflow(whole).workflow.triggers[1]?.schedule;
    assert(schedule !== undefined);
    assert.deepEqual(scheduledInputs(schedule, new Date(Date.UTC(2030, 0, 2))), {
      day: "2030-01-02T00:00:00.000Z",
    });
  });

  it("refuses artifacts that nobody or two produce, and those of another type", () => {
    assertProblems(
      `name: example
inputs: {raw: {}}
tasks:
  a: {uses: decide, produces: {table: dataset/csv, raw: x}, with: {outputs: {}}}
  b: {uses: decide, produces: {table: dataset/csv}, with: {outputs: {}}}
  c: {uses: decide, consumes: {table: dataset/parquet, tabel: dataset/csv}, with: {outputs: {}}}
  d: {uses: decide, consumes: {e: x y}, produces: {e: x y}, with: {outputs: {}}}
`,
      [
        'tasks.a.produces.raw | line 4, column 52: artifact "raw" is an input of the workflow',
        'tasks.b.produces.table | line 5, column 32: artifact "table" is produced by a as well',
        "tasks.c.consumes.table | line 6, column 39: is dataset/parquet, but a produces dataset/csv",
        'tasks.c.consumes.tabel | line 6, column 56: nothing produces artifact "tabel", did you mean "table"?',
        'tasks.d.consumes.e | line 7, column 35: must be a type without spaces, such as "dataset/csv"',
        'tasks.d.produces.e | line 7, column 55: must be a type without spaces, such as "dataset/csv"',
        "tasks.d | line 7, column 3: the tasks wait for each other in a cycle: d -> d",
      ],
    );
  });

  it("lets a task see what it consumes, and an output what is produced", () => {
    const text = (artifact: string) => `name: example
inputs: {raw: {type: string}}
outputs: {o: {value: "\${artifacts.table}"}}
tasks:
  a: {uses: decide, consumes: {raw: text}, produces: {table: csv}, with: {outputs: {x: "\${artifacts.raw}"}}}
  b: {uses: decide, consumes: {table: csv}, with: {outputs: {x: "\${artifacts.${artifact}.x}"}}}
`;
    assertProblems(text("table"), []);
    assertProblems(text("raw"), [
      'tasks.b.with.outputs.x | line 6, column 68: unknown artifact "raw"; known are table',
    ]);
  });

  it("refuses what cannot step in for a task or undo it", () => {
    assertProblems(
      `name: example
tasks:
  a:
    uses: decide
    with: {outputs: {}}
    fallback: {uses: approve, with: {question: x}, outputs: {}}
    compensation: {uses: notify, with: {mesage: "\${tasks.b.outputs.x}"}}
  b: {uses: decide, with: {outputs: {}}, fallback: {with: {}}, compensation: {uses: notifi}}
`,
      [
        'tasks.a.fallback | line 6, column 15: must hold either "uses"',
        'tasks.a.fallback.uses | line 6, column 22: "approve" waits instead of acting; allowed are',
        'tasks.a.compensation.with.mesage | line 7, column 41: unknown key "mesage", did you mean "message"?',
        "tasks.a.compensation.with.message | line 7, column 34: must be text",
        'tasks.a.compensation.with.mesage | line 7, column 52: task "b" need not have run when a is undone',
        'tasks.b.fallback | line 8, column 52: must hold either "uses"',
        'tasks.b.fallback | line 8, column 52: "with" needs "uses" beside it',
        'tasks.b.compensation.uses | line 8, column 85: unknown task type "notifi", did you mean "notify"?',
      ],
    );
  });

  it("refuses triggers that could start no run, or one for ever", () => {
    assertProblems(
      `name: example
inputs: {day: {type: string}, limit: {type: number, default: 1}}
triggers:
  - schedule: {cron: "61 * * * *", timeZone: Mars/Olympus, inputs: {limit: many, dai: x}}
  - schedule: {cron: "0 0 30 2 *", inputs: {day: "\${inputs.day} \${schedule.tim}"}}
  - workflow: {name: example}
  - {message: {type: a}, object: {prefix: b}}
tasks:
  a: {uses: decide, with: {outputs: {x: "\${schedule.time + item}"}}}
`,
      [
        "triggers[0].schedule.cron | line 4, column 22: is no cron pattern",
        "triggers[0].schedule.timeZone | line 4, column 46: must be an IANA time zone",
        'triggers[0].schedule | line 4, column 15: the run would lack input "day"',
        'triggers[0].schedule.inputs.dai | line 4, column 82: unknown input "dai", did you mean "day"?',
        "triggers[0].schedule.inputs.limit | line 4, column 76: Invalid input: expected number",
        "triggers[1].schedule.cron | line 5, column 22: gives no time at all",
        'triggers[1].schedule.inputs.day | line 5, column 53: "inputs" is not known here; expressions here see schedule',
        'triggers[1].schedule.inputs.day | line 5, column 67: unknown member of schedule "tim"',
        "triggers[2].workflow.name | line 6, column 22: is this workflow itself",
        "triggers[3] | line 7, column 5: must hold exactly one of message, schedule, object, workflow",
        'tasks.a.with.outputs.x | line 9, column 44: "schedule" is not known here; expressions here see inputs, tasks, artifacts, run',
        'tasks.a.with.outputs.x | line 9, column 60: "item" is not known here',
      ],
    );
  });
});
