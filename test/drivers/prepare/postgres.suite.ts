import assert from "node:assert/strict";
import { join } from "node:path";
import pg from "pg";
import type { DataSet } from "../../../runtime/data/data-set.ts";
import type { TaskContext } from "../../../runtime/workflows/task-type.ts";
import { prepare } from "../../../runtime/workflows/task-types/prepare.ts";
import { runTask, secretsOf, taskContext } from "../../runtime/workflows/task-types/run-task.ts";
import { temporaryFolder } from "../../runtime/workflows/temporary-folder.ts";

/** Started by scripts/emulators/postgresql.mjs. */
const url = process.env.SKYLOOM_TEST_POSTGRES ?? "";

describe("task prepare on PostgreSQL", () => {
  const folder = temporaryFolder();
  let client: pg.Client;
  let context: TaskContext;
  let count = 0;

  before(async () => {
    client = new pg.Client({ connectionString: url });
    await client.connect();
    await client.query(`
      CREATE ROLE reader LOGIN PASSWORD 'read-only-pass';
      CREATE TABLE orders AS
        SELECT i AS id, 9007199254740993 + i AS big, i * 1.25::numeric AS price, i % 2 = 0 AS paid,
               CASE WHEN i % 10 = 0 THEN NULL ELSE 'customer "' || i || '"' END AS customer,
               timestamptz '2026-01-01 00:00:00+00' + i * interval '1 hour' AS at, '{"a": [1]}'::jsonb AS details
        FROM generate_series(1, 5000) i;
      GRANT SELECT ON orders TO reader;`);
    const reader = new URL(url);
    reader.username = "reader";
    reader.password = "read-only-pass";
    const closed = new URL(url);
    closed.port = "1";
    context = taskContext(join(folder.path, "bucket"), {
      secrets: secretsOf({ database: reader.href, closed: closed.href }),
    });
  });
  after(async () => {
    await context?.outbound.close();
    await client?.query("DROP TABLE IF EXISTS orders; DROP ROLE IF EXISTS reader");
    await client?.end();
  });

  async function run(query: string, more: object = {}): Promise<DataSet> {
    const parameters = {
      connection: { secret: "database" },
      format: "jsonl",
      from: { postgres: { query } },
      ...more,
    };
    return (await runTask(prepare, parameters, { ...context, key: `run-1/rows-${++count}` }))
      .data as unknown as DataSet;
  }
  const rowsOf = async ({ key }: DataSet) =>
    Buffer.from((await context.store.get(key))?.body ?? [])
      .toString()
      .trim()
      .split("\n")
      .map((line) => JSON.parse(line));

  it("streams a query with its types, every digit and what is missing", async () => {
    const data = await run("SELECT * FROM orders ORDER BY id");
    assert.equal(data.rows, 5000);
    assert.deepEqual(Object.fromEntries(data.columns.map(({ name, type }) => [name, type.split("(")[0]])), {
      id: "BIGINT",
      big: "BIGINT",
      price: "DOUBLE",
      paid: "BOOLEAN",
      customer: "VARCHAR",
      at: "TIMESTAMP",
      details: "STRUCT",
    });
    const text = Buffer.from((await context.store.get(data.key))?.body ?? []).toString();
    assert.match(text, /"id":5000,"big":9007199254745993/);
    const rows = await rowsOf(data);
    assert.deepEqual([rows[0].customer, rows[9].customer, rows[1].paid], ['customer "1"', null, true]);
  });

  it("takes values beside the query only, and steps on what comes", async () => {
    const from = {
      postgres: {
        query: "SELECT id, price FROM orders WHERE id <= $1 AND customer <> $2",
        parameters: [20, "x' OR true --"],
      },
    };
    const steps = [{ filter: { all: [{ column: "price", is: "greater", value: 20 }] } }];
    const data = await run("", { from, steps });
    assert.deepEqual((await rowsOf(data)).map(({ id }) => id).sort(), [17, 18, 19]);
  });

  it("can only read", async () => {
    for (const query of [
      "SELECT 1; DROP TABLE orders",
      "DELETE FROM orders RETURNING id",
      "SELECT nextval('orders_seq')",
      "SELECT * FROM nothing",
    ])
      await assert.rejects(run(query), { code: "invalid-query", status: 422 }, query);
    const [row] = (await client.query("SELECT count(*)::int AS n FROM orders")).rows;
    assert.equal(row.n, 5000);
  });

  it("tells what is wrong, and never the password", async () => {
    await assert.rejects(run("SELECT 'read-only-pass'::int"), (error: Error) => {
      assert.match(error.message, /invalid input syntax for type integer: "\*\*\*"/);
      return true;
    });
    await assert.rejects(run("SELECT 1", { connection: { secret: "closed" } }), {
      code: "database-unavailable",
      status: 503,
    });
    await assert.rejects(run("SELECT id FROM orders WHERE id < 0"), { code: "no-data" });
    await assert.rejects(run("SELECT * FROM orders", { limits: { bytes: 1000 } }), {
      code: "data-too-large",
    });
  });

  it("ends a query that runs when it is cancelled", async () => {
    const controller = new AbortController();
    const reason = new Error("cancelled");
    const parameters = {
      connection: { secret: "database" },
      from: { postgres: { query: "SELECT pg_sleep(600)" } },
    };
    const running = runTask(prepare, parameters, {
      ...context,
      key: "run-1/sleeps",
      signal: controller.signal,
    });
    const isSleeping = async () =>
      (
        await client.query(
          "SELECT 1 FROM pg_stat_activity WHERE application_name = 'skyloom' AND query LIKE 'FETCH%'",
        )
      ).rowCount === 1;
    while (!(await isSleeping()));
    controller.abort(reason);
    await assert.rejects(running, reason);
  });
});
