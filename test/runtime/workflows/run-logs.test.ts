import assert from "node:assert/strict";
import { join } from "node:path";
import { createLocalObjectStore } from "../../../runtime/object-store/local.ts";
import type { ObjectStore } from "../../../runtime/object-store/object-store.ts";
import {
  bytesOf,
  linesOfTasks,
  type ReadLogOptions,
  readRunLog,
} from "../../../runtime/workflows/run-logs.ts";
import { createTaskLog } from "../../../runtime/workflows/task-log.ts";
import { silentLogger } from "./engine-server.ts";
import { temporaryFolder } from "./temporary-folder.ts";

describe("logs of tasks", () => {
  const folder = temporaryFolder();
  let store: ObjectStore;
  let count = 0;

  beforeEach(() => {
    store = createLocalObjectStore({ folder: join(folder.path, String(count++)) });
  });

  const log = (name: string, attempt = 1, options = {}) =>
    createTaskLog({ store, logger: silentLogger, runId: "r", name, attempt, now: () => attempt, ...options });

  async function read(task?: string, options: ReadLogOptions = {}): Promise<string> {
    const parts: Buffer[] = [];
    for await (const part of bytesOf(readRunLog(store, "r", async () => true, { task, ...options })))
      parts.push(part);
    return Buffer.concat(parts).toString();
  }

  it("keep what every attempt wrote, in order, and nothing of a task that wrote nothing", async () => {
    for (const attempt of [1, 2, 10]) {
      const attemptLog = log("a", attempt);
      attemptLog.append(`attempt ${attempt}\n`);
      attemptLog.append(Buffer.from("é\n"));
      await attemptLog.close();
    }
    await log("silent").close();
    assert.equal(await read("a"), "attempt 1\né\nattempt 2\né\nattempt 10\né\n");
    assert.equal((await store.list()).objects.length, 3);
  });

  it("are in the bucket before the attempt ends, in few objects", async () => {
    const long = log("a", 1, { intervalMilliseconds: 1 });
    let written = "";
    for (let line = 0; line < 100; line++) {
      const text = `${line} ${"x".repeat(2000)}\n`;
      written += text;
      long.append(text);
      while ((await read("a")) !== written) await new Promise(setImmediate);
    }
    await long.close();
    assert.equal(await read("a"), written);
    assert.equal((await store.list()).objects.length, Math.ceil(written.length / 65_536));
  });

  it("keep the beginning and the end of what is too long", async () => {
    const long = log("a");
    for (let line = 0; line < 60_000; line++) long.append(`${String(line).padStart(99)}\n`);
    await long.close();
    const text = await read("a");
    const head = 4 * 1024 * 1024;
    assert.equal(text.slice(0, 100), `${"0".padStart(99)}\n`);
    assert.match(text, /\n59999\n$|\s59999\n$/);
    assert.match(text.slice(head, head + 100), /^\n\(\d+ bytes before this were dropped\)\n/);
    assert.ok(text.length < head + 66_000);
  });

  it("go on where a write failed", async () => {
    let failures = 2;
    const flaky = {
      ...store,
      put: (...given: Parameters<ObjectStore["put"]>) => {
        if (failures-- > 0) throw new Error("full");
        return store.put(...given);
      },
    };
    const attempt = log("a", 1, { store: flaky, intervalMilliseconds: 1 });
    attempt.append("one\n");
    while (failures > 0) {
      await new Promise((resolve) => setTimeout(resolve, 1));
      attempt.append("more\n");
    }
    await attempt.close();
    assert.match(await read("a"), /^one\n(more\n)+$/);
  });

  it("of all tasks come as whole lines with the task's name", async () => {
    async function* parts() {
      yield { task: "a", bytes: Buffer.from("one\ntw") };
      yield { task: "b/3", bytes: Buffer.from("\nä\n") };
      yield { task: "a", bytes: Buffer.from("o\nrest") };
    }
    const lines: Buffer[] = [];
    for await (const line of linesOfTasks(parts())) lines.push(line);
    assert.equal(Buffer.concat(lines).toString(), "a | one\nb/3 | \nb/3 | ä\na | two\na | rest\n");
  });

  it("are followed until the run has ended", async () => {
    const attempt = log("a");
    let looks = 0;
    const isEnded = async () => {
      looks += 1;
      if (looks === 2) attempt.append("second\n");
      if (looks === 2) await attempt.close();
      return looks >= 3;
    };
    attempt.append("first\n");
    const parts: string[] = [];
    for await (const { bytes } of readRunLog(store, "r", isEnded, { follow: true, intervalMilliseconds: 1 }))
      parts.push(bytes.toString());
    assert.equal(parts.join(""), "first\nsecond\n");
  });
});
