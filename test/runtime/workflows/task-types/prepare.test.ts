import assert from "node:assert/strict";
import { rm } from "node:fs/promises";
import { join } from "node:path";
import { DuckDBInstance } from "@duckdb/node-api";
import type { DataSet } from "../../../../runtime/data/data-set.ts";
import type { StepReport } from "../../../../runtime/data/steps/run-steps.ts";
import type { ApiError } from "../../../../runtime/errors.ts";
import { createLocalQueue } from "../../../../runtime/queue/local.ts";
import type { TaskContext } from "../../../../runtime/workflows/task-type.ts";
import { prepare } from "../../../../runtime/workflows/task-types/prepare.ts";
import { temporaryFolder } from "../temporary-folder.ts";
import { problemsOf, runTask, secretsOf, taskContext } from "./run-task.ts";
import { startTestServer } from "./test-server.ts";

interface Outputs {
  data: DataSet;
  test?: DataSet;
  steps: StepReport[];
}

const people = `id,name,city,age,income
1, Ada ,Paris,36,1000
2,Bob,Rome,,2000
3,Cid,Paris,200,3000
4,Dan,,40,
4,Dan,,40,
5,Eve,Rome,44,5000
`;

describe("task prepare", function () {
  this.timeout(120_000);
  const folder = temporaryFolder();
  let context: TaskContext;
  let count = 0;

  before(async () => {
    context = taskContext(join(folder.path, "bucket"), {
      secrets: secretsOf({ token: "t0ken-value" }),
    });
    await context.store.put("in/people.csv", people);
    await context.store.put(
      "in/cities.jsonl",
      '{"city":"Paris","country":"FR"}\n{"city":"Rome","country":"IT"}\n',
    );
  });
  after(() => context.outbound.close());

  /** Each is a task of its own. */
  async function run(parameters: object, changes: Partial<TaskContext> = {}): Promise<Outputs> {
    const own = { ...context, key: `run-1/prepare-${++count}`, ...changes };
    const from = { bucket: { keys: ["in/people.csv"] } };
    return (await runTask(prepare, { from, format: "jsonl", ...parameters }, own)) as unknown as Outputs;
  }
  async function textOf(key: string): Promise<string> {
    return Buffer.from((await context.store.get(key))?.body ?? []).toString();
  }
  async function rowsOf({ key }: DataSet): Promise<Record<string, unknown>[]> {
    const lines = (await textOf(key)).split("\n").filter((line) => line !== "");
    return lines.map((line) => JSON.parse(line));
  }
  const column = async (data: DataSet, name: string) => (await rowsOf(data)).map((row) => row[name]);

  it("reads, and writes each format, with types, rows and digest", async () => {
    const { data } = await run({ format: "csv" });
    assert.equal(await textOf(data.key), people.replaceAll("1, Ada ", "1, Ada "));
    assert.deepEqual(
      data.columns.map(({ name, type }) => `${name} ${type}`),
      ["id BIGINT", "name VARCHAR", "city VARCHAR", "age BIGINT", "income BIGINT"],
    );
    assert.deepEqual([data.rows, data.bytes], [6, people.length]);
    const parquet = await run({ format: "parquet" });
    const again = await run({ from: { bucket: { keys: [parquet.data.key] } }, format: "csv" });
    assert.equal(again.data.sha256, data.sha256);
    const lines = await run({ from: { bucket: { prefix: "in/p" } } });
    assert.deepEqual((await rowsOf(lines.data))[1], {
      id: 2,
      name: "Bob",
      city: "Rome",
      age: null,
      income: 2000,
    });
  });

  it("cleans, imputes and normalises, and tells what it learned", async () => {
    const { data, steps } = await run({
      steps: [
        {
          clean: {
            trim: true,
            ranges: { age: { maximum: 120, outside: "missing" }, income: { minimum: 1500, outside: "clip" } },
            duplicates: ["id"],
          },
        },
        { impute: { age: "median", city: "mode", income: { constant: 9000 } } },
        { normalise: { age: "minMax", income: "zScore" } },
        { select: ["name", "city", "age", "income"] },
      ],
    });
    assert.deepEqual(await column(data, "name"), ["Ada", "Bob", "Cid", "Dan", "Eve"]);
    assert.deepEqual(await column(data, "city"), ["Paris", "Rome", "Paris", "Paris", "Rome"]);
    assert.deepEqual(await column(data, "age"), [0, 0.5, 0.5, 0.5, 1]);
    const incomes = (await column(data, "income")) as number[];
    assert.ok(Math.abs(incomes.reduce((a, b) => a + b, 0)) < 1e-9, String(incomes));
    assert.deepEqual(
      steps.map(({ step, rowsIn, rowsOut }) => [step, rowsIn, rowsOut]),
      [
        ["clean", 6, 5],
        ["impute", 5, 5],
        ["normalise", 5, 5],
        ["select", 5, 5],
      ],
    );
    assert.deepEqual(steps[1]?.learned, { age: 40, city: "Paris", income: 9000 });
    const learned = steps[2]?.learned as { age: unknown } | undefined;
    assert.deepEqual(learned?.age, { offset: 36, scale: 8 });
  });

  it("filters by all and any of its conditions, without rows that miss the value", async () => {
    const ids = async (filter: object) => await column((await run({ steps: [{ filter }] })).data, "id");
    assert.deepEqual(await ids({ all: [{ column: "age", is: "atLeast", value: 40 }] }), [3, 4, 4, 5]);
    assert.deepEqual(await ids({ all: [{ column: "city", is: "missing" }] }), [4, 4]);
    assert.deepEqual(await ids({ all: [{ column: "city", is: "notEqual", value: "Rome" }] }), [1, 3]);
    assert.deepEqual(
      await ids({
        all: [{ column: "income", is: "present" }],
        any: [
          { column: "city", is: "oneOf", value: ["Paris"] },
          { column: "name", is: "matches", value: "^E" },
        ],
      }),
      [1, 3, 5],
    );
  });

  it("encodes, rolls and joins", async () => {
    const { data, steps } = await run({
      others: { cities: { bucket: { keys: ["in/cities.jsonl"] } } },
      steps: [
        { join: { with: "cities", on: ["city"] } },
        {
          window: {
            groupBy: ["city"],
            orderBy: ["id"],
            rows: 2,
            aggregates: { recent: { of: "income", as: "sum" }, seen: { of: "id", as: "count" } },
          },
        },
        { oneHot: { columns: ["country"] } },
      ],
    });
    assert.deepEqual(await column(data, "recent"), [1000, 2000, 4000, null, null, 7000]);
    assert.deepEqual(await column(data, "seen"), [1, 1, 2, 1, 2, 2]);
    assert.deepEqual(await column(data, "country_FR"), [1, 0, 1, 0, 0, 0]);
    assert.deepEqual(await column(data, "country_IT"), [0, 1, 0, 0, 0, 1]);
    assert.deepEqual(steps[2]?.learned, { country: ["FR", "IT"] });
  });

  it("splits by seed and key, and learns from the rows for training only", async () => {
    const lines = Array.from({ length: 1000 }, (_, i) => `{"user":${i % 100},"x":${i}}\n`).join("");
    await context.store.put("in/many.jsonl", lines);
    const split = (seed: number, key?: string) =>
      run({
        from: { bucket: { keys: ["in/many.jsonl"] } },
        steps: [{ split: { test: 0.2, seed, ...(key && { key }) } }, { normalise: { x: "minMax" } }],
      });
    const [one, same, other, byUser] = [
      await split(1),
      await split(1),
      await split(2),
      await split(1, "user"),
    ];
    assert.ok(one.test && same.test && other.test && byUser.test);
    assert.equal(one.data.rows + one.test.rows, 1000);
    assert.ok(one.test.rows > 100 && one.test.rows < 300, String(one.test.rows));
    assert.equal(same.test.sha256, one.test.sha256);
    assert.notEqual(other.test.sha256, one.test.sha256);
    const trained = new Set(await column(byUser.data, "user"));
    assert.ok((await column(byUser.test, "user")).every((user) => !trained.has(user)));
    const inTraining = (await column(one.data, "x")) as number[];
    assert.deepEqual([Math.min(...inTraining), Math.max(...inTraining)], [0, 1]);
    assert.deepEqual(
      one.test.columns.map(({ name }) => name),
      ["user", "x"],
    );
  });

  it("keeps the items of a task apart", async () => {
    const item = (index: number, rows: number) => {
      const steps = [{ filter: { all: [{ column: "id", is: "atMost", value: rows }] } }];
      return run({ steps }, { task: "items", key: `run-1/items/${index}` });
    };
    const [first, second] = [await item(0, 1), await item(1, 2)];
    assert.deepEqual([first.data.key, second.data.rows], ["runs/run-1/data/items/0/data.jsonl", 2]);
  });

  it("names every problem of its steps at once, with the columns that there are, and writes nothing", async () => {
    const own = { key: "run-1/wrong" };
    const wrong = run(
      {
        steps: [
          { filter: { all: [{ column: "agee", is: "less", value: 3 }] } },
          { oneHot: { columns: ["town"] } },
          {
            filter: {
              all: [
                { column: "town_Rome", is: "equal", value: 1 },
                { column: "age", is: "less", value: "x" },
              ],
            },
          },
          { normalise: { name: "minMax" } },
          { join: { with: "cites", on: ["city"] } },
          { select: ["id", "id"] },
        ],
      },
      own,
    );
    await assert.rejects(wrong, (error: ApiError) => {
      assert.deepEqual([error.code, error.status], ["invalid-steps", 400]);
      const columns = "columns are id, name, city, age, income";
      assert.deepEqual(
        error.problems.map(({ path, message }) => `${path}: ${message}`),
        [
          `steps[0].filter.all[0].column: there is no column "agee", did you mean "age"? ${columns}`,
          `steps[1].oneHot.columns[0]: there is no column "town"; ${columns}`,
          'steps[2].filter.all[1].value: must be a number to compare with "age", which is BIGINT',
          'steps[3].normalise: "name" is VARCHAR; wanted is a column of number',
          'steps[4].join.with: there is no source "cites"; others are none',
          'steps[5].select: "id" stands twice',
        ],
      );
      return true;
    });
    const { objects } = await context.store.list({ prefix: "runs/run-1/data/wrong/" });
    assert.deepEqual(objects, []);
  });

  it("quotes whatever stands in names and values", async () => {
    const evil = 'a"; DROP TABLE data; --';
    await context.store.put("in/evil.jsonl", `${JSON.stringify({ [evil]: "it's; '", n: 1 })}\n`);
    const { data } = await run({
      from: { bucket: { keys: ["in/evil.jsonl"] } },
      steps: [
        { filter: { all: [{ column: evil, is: "equal", value: "it's; '" }] } },
        { select: { 'b"': evil } },
        { oneHot: { columns: ['b"'] } },
      ],
    });
    assert.deepEqual(await rowsOf(data), [{ "b\"_it's; '": 1 }]);
  });

  it("says what is missing, too large, mixed or unreadable", async () => {
    const from = (bucket: object) => run({ from: { bucket } });
    await assert.rejects(from({ keys: ["in/people.csv", "in/no.csv", "in/nor.csv"] }), {
      code: "data-not-found",
      message: /keys\[1\]: there is no object in\/no\.csv \(and 1 more\)/,
    });
    await assert.rejects(from({ prefix: "none/" }), { code: "no-data" });
    await assert.rejects(from({ prefix: "in/" }), { code: "unknown-format", message: /several formats/ });
    await assert.rejects(from({ keys: ["in/people.csv"], format: "parquet" }), { code: "data-failed" });
    await assert.rejects(run({ limits: { bytes: 100 } }), {
      code: "data-too-large",
      message: /limits\.bytes/,
    });
  });

  it("collects over HTTP with a secret that no error tells", async () => {
    const server = await startTestServer();
    try {
      server.answer = ({ headers }, response) => {
        if (headers.authorization === "Bearer t0ken-value") response.end(people);
        else response.writeHead(401).end();
      };
      const from = { http: { url: `${server.url}/people.csv` } };
      assert.equal((await run({ from, auth: { bearer: "token" } })).data.rows, 6);
      await assert.rejects(run({ from }), { code: "http-status", message: /answered 401/ });
    } finally {
      await server.close();
    }
  });

  describe("from a queue", () => {
    const url = () => `sqlite://${join(folder.path, "rows.db")}`;
    const open = () => createLocalQueue({ file: join(folder.path, "rows.db") });
    const collect = (changes: Partial<TaskContext>, steps: object[] = []) =>
      run({ from: { queue: { url: url(), count: 3, seconds: 0 } }, steps }, changes);

    async function send(...bodies: unknown[]): Promise<void> {
      const queue = await open();
      for (const body of bodies) await queue.send(typeof body === "string" ? body : JSON.stringify(body));
      await queue.close();
    }
    async function waiting(): Promise<number | undefined> {
      const queue = await open();
      const { visible = 0, inFlight = 0 } = await queue.depth();
      await queue.close();
      return visible + inFlight;
    }
    afterEach(() => rm(join(folder.path, "rows.db"), { force: true }));

    it("takes up to a count, events and plain objects, and deletes what is in the result", async () => {
      const event = {
        specversion: "1.0",
        id: "e1",
        source: "test",
        type: "row",
        time: "2026-01-31T12:00:00Z",
        data: { n: 2 },
      };
      await send({ n: 1 }, event, event);
      const { data } = await collect({});
      assert.deepEqual(((await column(data, "n")) as number[]).sort(), [1, 2]);
      assert.equal(await waiting(), 0);
      await send({ n: 1 }, { n: 2 }, { n: 3 }, { n: 4 });
      assert.equal((await collect({})).data.rows, 3);
      assert.equal(await waiting(), 1);
    });

    it("does not lose what a failed step had", async () => {
      await send({ n: 1 });
      await assert.rejects(collect({}, [{ select: ["m"] }]), { code: "invalid-steps" });
      assert.deepEqual(await column((await collect({})).data, "n"), [1]);
      assert.equal(await waiting(), 0);
    });

    it("gives the same result to a process that asks again, and takes nothing more", async () => {
      await send({ n: 1 });
      const first = await collect({ key: "run-1/again" });
      await send({ n: 2 });
      assert.deepEqual(await collect({ key: "run-1/again" }), first);
      assert.equal(await waiting(), 1);
    });

    it("leaves out what is no row", async () => {
      await send("no JSON", [1], { n: 3 });
      const { data } = await collect({});
      assert.deepEqual(await column(data, "n"), [3]);
      await assert.rejects(collect({}), { code: "no-data" });
    });
  });

  it("reaches nothing outside its folder", async () => {
    await context.store.put("in/path.jsonl", '{"a":1}\n');
    const steps = [{ filter: { all: [{ column: "a' OR read_text('/etc/passwd')", is: "present" }] } }];
    await assert.rejects(run({ from: { bucket: { keys: ["in/path.jsonl"] } }, steps }), {
      code: "invalid-steps",
    });
    assert.deepEqual(problemsOf(prepare, { from: { bucket: { keys: ["../x.csv"] } } }).length, 1);
  });

  it("ends when it is cancelled", async () => {
    const controller = new AbortController();
    const reason = new Error("cancelled");
    controller.abort(reason);
    await assert.rejects(run({}, { signal: controller.signal }), reason);
  });

  it("writes Parquet that another reader reads", async () => {
    const { data } = await run({ format: "parquet" });
    const { Readable } = await import("node:stream");
    const { writeFile } = await import("node:fs/promises");
    const file = join(folder.path, "read.parquet");
    await writeFile(file, Readable.from((await context.store.get(data.key))?.body ?? []));
    const connection = await (await DuckDBInstance.create(":memory:")).connect();
    const read = await connection.runAndReadAll(`SELECT sum(income)::INTEGER AS s FROM '${file}'`);
    assert.deepEqual(read.getRowObjectsJson(), [{ s: 11000 }]);
    connection.closeSync();
  });

  it("names what is wrong with its declaration, and lets no expression near a secret", () => {
    const from = { bucket: { keys: ["a.csv"] } };
    assert.deepEqual(problemsOf(prepare, { from: { ...from, http: { url: "https://host/a.csv" } } }), [
      "from: must hold one of bucket, http, queue, postgres",
    ]);
    assert.deepEqual(problemsOf(prepare, { from: { bucket: {} } }), [
      "from.bucket: must hold either keys or prefix",
    ]);
    assert.deepEqual(problemsOf(prepare, { from, steps: [{ selct: [] }] }), [
      `steps.0: unknown key "selct", did you mean "select"? allowed are select, filter, clean, impute, normalise, oneHot, window, join, split`,
      "steps.0: must hold one of select, filter, clean, impute, normalise, oneHot, window, join, split",
    ]);
    const host = "auth: needs from.http with a URL whose host is fixed in the file";
    for (const source of ["${inputs.from}", { http: { url: "https://${inputs.host}/a.csv" } }, from])
      assert.ok(
        problemsOf(prepare, { from: source, auth: { bearer: "token" } }).some((each) =>
          each.startsWith(host),
        ),
        JSON.stringify(source),
      );
    assert.match(problemsOf(prepare, { from, connection: { secret: "db" } })[0] ?? "", /go together/);
    assert.match(
      problemsOf(prepare, { from: { queue: { url: "sqlite:rows.db" } } })[0] ?? "",
      /^from\.queue\.url: /,
    );
    assert.match(problemsOf(prepare, { from, limits: { memory: "1Mi" } })[0] ?? "", /at least 64Mi/);
  });
});
