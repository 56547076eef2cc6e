import assert from "node:assert/strict";
import { shareCalls } from "../../runtime/shared-calls.ts";

describe("shared calls", () => {
  it("are shared by all who come while another one is under way, and never the one that had begun before", async () => {
    const begun: { key: string; end: () => void; fail: (error: Error) => void }[] = [];
    const call = shareCalls<void>(
      (key) => new Promise((end, fail) => begun.push({ key, end: () => end(), fail })),
    );
    const first = call("a");
    const second = call("a");
    const third = call("a");
    const other = call("b");
    assert.deepEqual(
      begun.map(({ key }) => key),
      ["a", "b"],
    );
    begun[0]?.fail(new Error("disk"));
    await assert.rejects(first, /disk/);
    await new Promise(setImmediate);
    assert.equal(begun.length, 3);
    const fourth = call("a");
    begun[2]?.end();
    await Promise.all([second, third]);
    await new Promise(setImmediate);
    assert.equal(begun.length, 4);
    begun[1]?.end();
    begun[3]?.end();
    await Promise.all([fourth, other]);
    void call("a");
    assert.equal(begun.length, 5);
  });
});
