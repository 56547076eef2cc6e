import assert from "node:assert/strict";
import { chooseBatch, firstRows } from "../../../../runtime/inference/scheduling/choose-batch.ts";

describe("chooseBatch", () => {
  const request = (rows: number, key = "a", enqueuedAt = 0) => ({ rows, key, enqueuedAt });
  const batching = {
    maximumSize: 4,
    maximumDelaySeconds: 0,
    preferredSizes: [] as number[],
    padding: undefined,
  };
  const delayed = { ...batching, maximumDelaySeconds: 0.01 };

  it("takes one at a time without batching", () => {
    const first = request(1);
    assert.deepEqual(chooseBatch([first, request(1)], undefined, 5), {
      batch: [first],
      rows: 1,
      waitMilliseconds: 0,
    });
  });

  it("takes what waits up to the maximum, in order, without a delay", () => {
    const waiting = [request(1), request(2), request(2), request(1)];
    assert.deepEqual(chooseBatch(waiting, batching, 0), {
      batch: waiting.slice(0, 2),
      rows: 3,
      waitMilliseconds: 0,
    });
    assert.deepEqual(chooseBatch(waiting.slice(0, 1), batching, 0).waitMilliseconds, 0);
  });

  it("leaves those of other shapes where they are", () => {
    const waiting = [request(1, "a"), request(1, "b"), request(1, "a")];
    assert.deepEqual(chooseBatch(waiting, batching, 0).batch, [waiting[0], waiting[2]]);
  });

  it("runs a request of more rows than a batch alone", () => {
    const waiting = [request(9), request(1)];
    assert.deepEqual(chooseBatch(waiting, delayed, 0), { batch: [waiting[0]], rows: 9, waitMilliseconds: 0 });
  });

  it("waits for others until the oldest has waited for the delay, or the batch is full", () => {
    const waiting = [request(1, "a", 3), request(1, "a", 1)];
    assert.equal(chooseBatch(waiting, delayed, 4).waitMilliseconds, 7);
    assert.equal(chooseBatch(waiting, delayed, 11).waitMilliseconds, 0);
    assert.equal(chooseBatch([...waiting, request(2)], delayed, 4).waitMilliseconds, 0);
    assert.equal(chooseBatch([...waiting, request(3)], delayed, 4).waitMilliseconds, 0);
  });

  it("starts with the largest preferred size that is there, and waits below the smallest", () => {
    const preferring = { ...delayed, maximumSize: 8, preferredSizes: [2, 4] };
    const waiting = Array.from({ length: 5 }, () => request(1));
    assert.deepEqual(chooseBatch(waiting, preferring, 0), {
      batch: waiting.slice(0, 4),
      rows: 4,
      waitMilliseconds: 0,
    });
    assert.equal(chooseBatch(waiting.slice(0, 1), preferring, 0).waitMilliseconds, 10);
    assert.equal(chooseBatch(waiting.slice(0, 1), preferring, 10).batch.length, 1);
  });

  it("cuts a batch to a number of rows, and leaves one request at least", () => {
    const waiting = [request(2), request(1), request(2)];
    assert.deepEqual(firstRows(waiting, 5), waiting);
    assert.deepEqual(firstRows(waiting, 4), waiting.slice(0, 2));
    assert.deepEqual(firstRows(waiting, 1), waiting.slice(0, 1));
  });
});
