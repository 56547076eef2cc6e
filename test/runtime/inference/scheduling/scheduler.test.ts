import assert from "node:assert/strict";
import { setImmediate as immediate, setTimeout as sleep } from "node:timers/promises";
import type { Tensor } from "../../../../runtime/inference/datatypes.ts";
import type { Runner } from "../../../../runtime/inference/scheduling/runner.ts";
import { createScheduler, type RunRequest } from "../../../../runtime/inference/scheduling/scheduler.ts";
import {
  type Batching,
  type QueueSettings,
  withDefaults,
} from "../../../../runtime/inference/scheduling/settings.ts";
import { thrownBy } from "../thrown-by.ts";

/**
 * y = x, once `finish` is called; a 13 among the elements fails the run, a 14 makes one row of all, and a 15 is what the
 * worker dies of where it has several runs.
 */
function heldRunner(secondsOf: (rows: number) => number) {
  /** The elements of each run, and of the runs of each message. */
  const runs: number[][] = [];
  const messages: number[][][] = [];
  const held: (() => void)[] = [];
  const runner: Runner = {
    async run(asked) {
      const elements = asked.map(({ inputs }) => [...(inputs[0]?.data ?? [])] as number[]);
      runs.push(...elements);
      messages.push(elements);
      await new Promise<void>((resolve) => held.push(resolve));
      if (asked.length > 1 && elements.flat().includes(15)) throw new Error("the worker died");
      return asked.map(({ inputs: [input] }, index) => {
        if (elements[index]?.includes(13)) return { error: new Error("unlucky") };
        const { shape, ...x } = input as Tensor;
        const isOneRow = elements[index]?.includes(14);
        return {
          outputs: [{ ...x, shape: isOneRow ? [1, 1] : shape, name: "y" }],
          computeSeconds: secondsOf(shape[0] as number),
        };
      });
    },
  };
  return { runner, runs, messages, finish: () => held.shift()?.() };
}

/** Lets all that is due happen, and no time pass. */
const turn = async () => {
  for (let count = 0; count < 3; count += 1) await immediate();
};

describe("scheduler", () => {
  function start({
    batching,
    queue,
    computeSeconds = 0.001,
    secondsOf = () => computeSeconds,
  }: {
    batching?: Batching;
    queue?: QueueSettings;
    computeSeconds?: number;
    /** Of a run, by its rows. */
    secondsOf?: (rows: number) => number;
  } = {}) {
    const { runner, runs, messages, finish } = heldRunner(secondsOf);
    const executed: [rows: number, requests: number][] = [];
    const scheduler = createScheduler({
      scheduling: withDefaults({ batching, queue }),
      runners: [runner],
      observer: {
        executed: ({ rows, requests }) => executed.push([rows, requests]),
        batchingRefused: () => executed.push([0, 0]),
      },
    });
    const ask = (value: number, options: Partial<RunRequest> = {}, columns = 1) => {
      const data = new Float32Array(columns).fill(value);
      const inputs: Tensor[] = [{ name: "x", datatype: "FP32", shape: [1, columns], data }];
      return scheduler
        .run({ inputs, outputs: ["y"], ...options })
        .then(({ outputs }) => [...(outputs[0]?.data ?? [])]);
    };
    /** Lets one run after the other finish until nothing waits. */
    const finishAll = async () => {
      for (const done = scheduler.idle(); ; ) {
        finish();
        if (await Promise.race([done.then(() => true), turn().then(() => false)])) return;
      }
    };
    return { scheduler, runs, messages, finish, finishAll, ask, executed };
  }

  it("starts a lone request at once, and makes a batch of those that wait meanwhile", async () => {
    const { ask, runs, finishAll, executed } = start({ batching: { maximumSize: 3 } });
    const first = ask(1);
    await turn();
    assert.deepEqual(runs, [[1]]);
    const others = [2, 3, 4, 5].map((value) => ask(value));
    await finishAll();
    assert.deepEqual(runs, [[1], [2, 3, 4], [5]]);
    assert.deepEqual(await Promise.all([first, ...others]), [[1], [2], [3], [4], [5]]);
    assert.deepEqual(executed, [
      [1, 1],
      [3, 3],
      [1, 1],
    ]);
  });

  it("takes those together that arrive together", async () => {
    const { ask, runs, finishAll } = start({ batching: {} });
    const all = [ask(1), ask(2), ask(3, {}, 2), ask(4)];
    await finishAll();
    assert.deepEqual(runs, [
      [1, 2, 4],
      [3, 3],
    ]);
    assert.deepEqual(await Promise.all(all), [[1], [2], [3, 3], [4]]);
  });

  it("waits for others where a delay is set, and no longer", async () => {
    const { ask, runs, finishAll } = start({ batching: { maximumSize: 2, maximumDelaySeconds: 0.03 } });
    const begun = performance.now();
    const first = ask(1);
    await turn();
    assert.deepEqual(runs, []);
    const second = ask(2);
    await turn();
    assert.deepEqual(runs, [[1, 2]]);
    const third = ask(3);
    await finishAll();
    await Promise.all([first, second, third]);
    assert.deepEqual(runs[1], [3]);
    assert.ok(performance.now() - begun >= 29);
  });

  describe("with batches that take longer for each row", () => {
    const secondsOf = (rows: number) => rows * rows;
    const askMany = async ({ ask, finishAll }: ReturnType<typeof start>, count: number) => {
      const asked = Array.from({ length: count }, (_, index) => ask(index));
      await finishAll();
      await Promise.all(asked);
    };

    it("keeps to the size that it learned, and tells it", async () => {
      const started = start({ batching: { maximumSize: 4 }, secondsOf });
      await askMany(started, 8);
      await askMany(started, 12);
      assert.deepEqual(
        started.runs.map(({ length }) => length),
        [4, 4, 1, 1, 1, 2, 2, 2, 1, 1, 1],
      );
      assert.equal(started.scheduler.batchSizes?.best, 1);
    });

    it("waits no longer than until there are so many", async () => {
      const started = start({ batching: { maximumSize: 4, maximumDelaySeconds: 10 }, secondsOf });
      await askMany(started, 8);
      await askMany(started, 9);
      await askMany(started, 1);
      assert.deepEqual(started.runs.at(-1), [0]);
    });

    it("learns nothing where the settings prefer sizes", async () => {
      const started = start({ batching: { maximumSize: 4, preferredSizes: [4] }, secondsOf });
      await askMany(started, 8);
      await askMany(started, 8);
      assert.deepEqual(
        started.runs.map(({ length }) => length),
        [4, 4, 4, 4],
      );
      assert.equal(started.scheduler.batchSizes, undefined);
    });
  });

  it("fails only the request that is at fault", async () => {
    const { ask, runs, finishAll } = start({ batching: {} });
    const answers = Promise.allSettled([ask(1), ask(13), ask(3)]);
    await finishAll();
    assert.deepEqual(
      (await answers).map(({ status }) => status),
      ["fulfilled", "rejected", "fulfilled"],
    );
    assert.deepEqual(runs, [[1, 13, 3], [1], [13], [3]]);
  });

  it("runs requests one by one for good where a batch's outputs do not have its rows, and tells so once", async () => {
    const { ask, runs, finishAll, executed } = start({ batching: {} });
    const first = [ask(14), ask(2)];
    await finishAll();
    const second = [ask(3), ask(4)];
    await finishAll();
    assert.deepEqual(await Promise.all([...first, ...second]), [[14], [2], [3], [4]]);
    assert.deepEqual(runs, [[14, 2], [14], [2], [3], [4]]);
    assert.deepEqual(executed, [[0, 0], ...new Array(4).fill([1, 1])]);
  });

  it("gives a worker several runs at once where they take no time, and fails only the one at fault", async () => {
    const { ask, messages, finishAll, executed } = start({ computeSeconds: 0.0003 });
    const first = ask(1);
    assert.deepEqual(messages, [[[1]]]);
    await finishAll();
    const large = ask(6, {}, 5000);
    const answers = Promise.allSettled([first, ask(2), ask(13), ask(4), ask(5)]);
    await finishAll();
    assert.deepEqual(
      messages.map((runs) => runs.map((run) => run.slice(0, 3))),
      [[[1]], [[6, 6, 6]], [[2], [13], [4]], [[5]]],
    );
    assert.deepEqual(
      (await answers).map((answer) => (answer.status === "fulfilled" ? answer.value : "failed")),
      [[1], [2], "failed", [4], [5]],
    );
    assert.equal((await large).length, 5000);
    assert.deepEqual(executed, new Array(5).fill([1, 1]));
  });

  it("runs them one by one where the worker died of one of them", async () => {
    const { ask, messages, finishAll } = start({ computeSeconds: 0.0001 });
    const first = ask(1);
    await finishAll();
    const answers = [first, ask(2), ask(15), ask(3)];
    await finishAll();
    assert.deepEqual(messages, [[[1]], [[2], [15], [3]], [[2]], [[15]], [[3]]]);
    assert.deepEqual(await Promise.all(answers), [[1], [2], [15], [3]]);
  });

  describe("with batches where many wait", () => {
    const many = ({ ask }: ReturnType<typeof start>, second = 101) =>
      [100, second, ...Array.from({ length: 22 }, (_, index) => index + 102)].map((value) => ask(value));
    const startLearned = async (options: Parameters<typeof start>[0] = {}) => {
      const started = start({ batching: { maximumSize: 1 }, ...options });
      const learned = many(started);
      await started.finishAll();
      await Promise.all(learned);
      started.messages.length = 0;
      return started;
    };
    const countsOf = ({ messages }: ReturnType<typeof start>) => messages.map(({ length }) => length);

    it("gives a worker several at once, for an eighth of what waits", async () => {
      const started = await startLearned();
      const answers = many(started);
      await started.finishAll();
      assert.deepEqual(countsOf(started), [3, 3, 3, 2, 2, 2, 2, 1, 1, 1, 1, 1, 1, 1]);
      assert.deepEqual(
        (await Promise.all(answers)).flat(),
        Array.from({ length: 24 }, (_, index) => index + 100),
      );
    });

    it("gives it no more than it runs in a quarter of a second", async () => {
      const started = await startLearned({ computeSeconds: 0.12 });
      const answers = many(started);
      await started.finishAll();
      await Promise.all(answers);
      assert.equal(Math.max(...countsOf(started)), 2);
    });

    it("gives it one after the other where requests have priorities", async () => {
      const started = await startLearned({ queue: { priorityLevels: 2 } });
      const answers = many(started);
      await started.finishAll();
      await Promise.all(answers);
      assert.equal(Math.max(...countsOf(started)), 1);
    });

    it("fails only the request that is at fault, and runs none twice that was answered", async () => {
      const started = await startLearned();
      const answers = Promise.allSettled(many(started, 13));
      await started.finishAll();
      assert.deepEqual(
        (await answers).flatMap(({ status }, index) => (status === "rejected" ? [index] : [])),
        [1],
      );
      assert.equal(started.messages.flat().length, 24);
    });

    it("runs them one by one where the worker died of one of them", async () => {
      const started = await startLearned();
      const answers = many(started, 15);
      await started.finishAll();
      assert.equal((await Promise.all(answers)).length, 24);
      assert.deepEqual(started.messages.slice(0, 4), [[[100], [15], [102]], [[100]], [[15]], [[102]]]);
    });
  });

  it("takes higher levels first, and unknown ones as the default", async () => {
    const { ask, runs, finishAll } = start({ queue: { priorityLevels: 3 } });
    const asked = [ask(0), ask(3, { priority: 3 }), ask(2), ask(1, { priority: 1 }), ask(4, { priority: 9 })];
    await finishAll();
    await Promise.all(asked);
    assert.deepEqual(runs.flat(), [0, 1, 2, 4, 3]);
  });

  it("turns requests away beyond the queue's length, with the time to try again", async () => {
    const { ask, scheduler, finishAll } = start({ queue: { maximumLength: 2 } });
    const taken = [ask(1), ask(2), ask(3)];
    assert.equal(scheduler.queueLength, 2);
    const error = await thrownBy(ask(4));
    assert.deepEqual([error.status, error.code, error.isRetryable], [503, "overloaded", true]);
    assert.ok(error.retryAfterSeconds >= 1);
    await finishAll();
    assert.deepEqual(await Promise.all(taken), [[1], [2], [3]]);
  });

  it("rejects what waited too long in the queue, but not what runs", async () => {
    const { ask, runs, scheduler, finishAll } = start({ queue: { timeoutSeconds: 0.01 } });
    const running = ask(1);
    const error = await thrownBy(ask(2));
    assert.deepEqual([error.status, error.code], [503, "queue-timeout"]);
    assert.equal(scheduler.queueLength, 0);
    await finishAll();
    assert.deepEqual(await running, [1]);
    assert.deepEqual(runs, [[1]]);
  });

  it("lets later ones pass what waited too long, where it says so", async () => {
    const { ask, runs, finishAll } = start({ queue: { timeoutSeconds: 0.01, onTimeout: "delay" } });
    const asked = [ask(1), ask(2)];
    await sleep(15);
    asked.push(ask(3));
    await finishAll();
    await Promise.all(asked);
    assert.deepEqual(runs.flat(), [1, 3, 2]);
  });

  it("answers at a request's own timeout, whether it waits or runs, and goes on", async () => {
    const { ask, runs, finishAll } = start();
    const errors = await Promise.all([1, 2].map((value) => thrownBy(ask(value, { timeoutSeconds: 0.01 }))));
    for (const error of errors) assert.deepEqual([error.status, error.code], [504, "request-timeout"]);
    const next = ask(3);
    await finishAll();
    assert.deepEqual(await next, [3]);
    assert.deepEqual(runs, [[1], [3]]);
  });

  it("takes a timeout of more than a timer can count as no timeout", async () => {
    const { ask, finishAll } = start();
    const answer = ask(1, { timeoutSeconds: 1e9 });
    await sleep(5);
    await finishAll();
    assert.deepEqual(await answer, [1]);
  });

  it("answers at once whose caller is gone, waiting or running, and drops the result", async () => {
    const { ask, runs, scheduler, finishAll } = start();
    const gone = new AbortController();
    const errors = [1, 2].map((value) => thrownBy(ask(value, { signal: gone.signal })));
    gone.abort();
    for (const error of await Promise.all(errors)) assert.equal(error.code, "request-aborted");
    assert.equal(scheduler.queueLength, 0);
    await finishAll();
    assert.deepEqual(runs, [[1]]);
  });
});
