import assert from "node:assert/strict";
import { join } from "node:path";
import Database from "better-sqlite3";
import { createLocalQueue } from "../../../runtime/queue/local.ts";
import { configureLocalQueue, readLocalQueueSettings } from "../../../runtime/queue/local-settings.ts";
import type { Queue } from "../../../runtime/queue/queue.ts";
import { startProcess } from "../../contracts/processes/start.ts";
import { createTemporaryFolder, type TemporaryFolder } from "../../contracts/temporary-folder.ts";

describe("local queue", () => {
  let folder: TemporaryFolder;
  let file: string;
  let open: Queue[];
  beforeEach(async () => {
    folder = await createTemporaryFolder();
    file = join(folder.path, "deep/queue.db");
    open = [];
  });
  afterEach(async () => {
    await Promise.all(open.map((queue) => queue.close()));
    await folder.remove();
  });

  function openQueue(options: Partial<Parameters<typeof createLocalQueue>[0]> = {}): Queue {
    const queue = createLocalQueue({ file, ...options });
    open.push(queue);
    return queue;
  }

  it("creates its file with the default settings", () => {
    configureLocalQueue(file);
    assert.deepEqual(readLocalQueueSettings(file), { maximumDeliveries: 5, visibilitySeconds: 60 });
  });

  it("changes the settings in place, keeps the messages, and an open queue follows at once", async () => {
    let time = 1_000_000;
    const queue = openQueue({ settings: { visibilitySeconds: 10 }, now: () => time });
    assert.deepEqual(readLocalQueueSettings(file), { maximumDeliveries: 5, visibilitySeconds: 10 });
    await queue.send("body");
    configureLocalQueue(file, { maximumDeliveries: 1, visibilitySeconds: 20 });
    const [message] = await queue.receive();
    assert.equal(message?.body, "body");
    time += 19_000;
    assert.equal((await queue.depth()).inFlight, 1);
    time += 1000;
    assert.deepEqual(await queue.receive(), []);
    assert.equal((await queue.deadLetters()).length, 1);
    configureLocalQueue(file, { visibilitySeconds: 30 });
    assert.deepEqual(readLocalQueueSettings(file), { maximumDeliveries: 5, visibilitySeconds: 30 });
    assert.equal((await queue.depth()).deadLettered, 1);
  });

  it("refuses settings that are not allowed, all of them at once, and creates nothing", () => {
    const settings = { maximumDeliveries: 0, visibilitySeconds: 43_201, colour: 1 };
    for (const refuse of [
      () => configureLocalQueue(file, settings),
      () => createLocalQueue({ file, settings }),
    ])
      assert.throws(refuse, (error: { code: string; problems: { path: string }[] }) => {
        assert.equal(error.code, "invalid-queue-settings");
        assert.deepEqual(
          error.problems.map(({ path }) => path),
          Object.keys(settings),
        );
        return true;
      });
    assert.throws(() => readLocalQueueSettings(file), { code: "queue-not-found" });
  });

  it("refuses a file that is no queue of this version", () => {
    configureLocalQueue(file);
    const database = new Database(file);
    database.pragma("user_version = 99");
    database.close();
    assert.throws(() => createLocalQueue({ file }), { code: "queue-schema-unsupported", message: /99/ });
    assert.throws(() => createLocalQueue({ file: folder.path }), { code: "queue-unavailable" });
  });

  it("syncs every commit to the disk", () => {
    configureLocalQueue(file);
    const database = new Database(file);
    assert.equal(database.pragma("journal_mode", { simple: true }), "wal");
    database.close();
  });

  it("hears at once what another process sends", async () => {
    const queue = openQueue({ pollMilliseconds: 60_000 });
    const waiting = queue.receive({ waitSeconds: 60 });
    const url = `sqlite://${file}`;
    const sender = startProcess("queue-sender.ts", [url, "1"]);
    assert.equal((await waiting).length, 1);
    await sender.ended;
  });

  it("finds what was sent without being told, by looking", async () => {
    const queue = openQueue({ pollMilliseconds: 5 });
    const waiting = queue.receive({ waitSeconds: 60 });
    const database = new Database(file);
    database
      .prepare("INSERT INTO messages (id, body, enqueued_at, visible_at) VALUES ('1', 'silent', 0, 0)")
      .run();
    database.close();
    assert.equal((await waiting)[0]?.body, "silent");
  });

  it("delivers in the order in which messages became visible", async () => {
    const queue = openQueue();
    for (const body of ["1", "2", "3", "4"]) await queue.send(body);
    assert.deepEqual(
      (await queue.receive({ maximum: 10 })).map(({ body }) => body),
      ["1", "2", "3", "4"],
    );
  });

  it("gives the newest dead letter first", async () => {
    const queue = openQueue({ settings: { maximumDeliveries: 1 } });
    for (const body of ["1", "2"]) {
      await queue.send(body);
      const [message] = await queue.receive();
      await queue.release(message?.receipt ?? "", { reason: body });
    }
    assert.deepEqual(
      (await queue.deadLetters()).map(({ body }) => body),
      ["2", "1"],
    );
  });

  it("takes and gives a thousand messages that come at once", async () => {
    const queue = openQueue();
    const sent = await Promise.all(Array.from({ length: 1000 }, (_, number) => queue.send(`${number}`)));
    assert.equal(new Set(sent.map(({ id }) => id)).size, 1000);
    const batches = await Promise.all(Array.from({ length: 100 }, () => queue.receive({ maximum: 10 })));
    const messages = batches.flat();
    assert.equal(new Set(messages.map(({ id }) => id)).size, 1000);
    await Promise.all(messages.map(({ receipt }) => queue.delete(receipt)));
    assert.deepEqual(await queue.depth(), { visible: 0, inFlight: 0, deadLettered: 0 });
  });

  it("tells one stale receipt among calls that share a transaction", async () => {
    const queue = openQueue();
    await queue.send("body");
    const [message] = await queue.receive();
    const outcomes = await Promise.allSettled([
      queue.delete("stale"),
      queue.delete(message?.receipt ?? ""),
      queue.send("another"),
    ]);
    assert.deepEqual(
      outcomes.map(({ status }) => status),
      ["rejected", "fulfilled", "fulfilled"],
    );
    assert.deepEqual(await queue.depth(), { visible: 1, inFlight: 0, deadLettered: 0 });
  });
});
