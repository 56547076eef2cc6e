import assert from "node:assert/strict";
import { createTimeIndex } from "../../../runtime/object-store/time-index.ts";

describe("time index", () => {
  const index = createTimeIndex("things");

  it("has the newest first, and after a time's key what is no newer", () => {
    const [old, middle, young] = [0, 1, 1_700_000_000_000].map((time) => index.keyOf(time, "a_b-1"));
    assert.deepEqual([old, middle, young].toSorted(), [young, middle, old]);
    assert.ok(index.keyBefore(1) < (middle as string) && (young as string) < index.keyBefore(1));
    assert.ok((old as string).startsWith(index.prefix));
  });

  it("tells the name in a key, and none of what is no key of its own", () => {
    assert.equal(index.nameOf(index.keyOf(5, "a-b")), "a-b");
    for (const key of ["other-by-time/8639999999999995-a", "things-by-time/1-a", "things-by-time/", "a"])
      assert.equal(index.nameOf(key), undefined);
  });

  it("gives a key again for its token, and refuses what is no token", () => {
    const key = index.keyOf(5, "a");
    assert.equal(index.keyOfToken(index.tokenOf(key)), key);
    for (const token of ["", "x", Buffer.from("../../etc").toString("base64url")])
      assert.throws(() => index.keyOfToken(token), {
        code: "invalid-page-token",
        problems: [{ path: "pageToken", message: "is none that a list of things returned as nextPageToken" }],
      });
  });
});
