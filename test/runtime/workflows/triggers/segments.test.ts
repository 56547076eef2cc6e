import assert from "node:assert/strict";
import type { ListResult } from "../../../../runtime/object-store/object-store.ts";
import { isSmall, type SeenObject, scanSegment } from "../../../../runtime/workflows/triggers/segments.ts";

const page = (objects: SeenObject[], nextStartAfter?: string): ListResult => ({
  objects: objects.map(([key, etag]) => ({ key, etag, size: 1, lastModified: new Date(0) })),
  nextStartAfter,
});
const scan = (seen: SeenObject[], listed: ListResult, end?: string) => {
  const { created, ...rest } = scanSegment(seen, listed, end);
  return { created: created.map(({ key }) => key), ...rest };
};
const a: SeenObject = ["a", "1"];
const b: SeenObject = ["b", "1"];
const c: SeenObject = ["c", "1"];
const d: SeenObject = ["d", "1"];

describe("segments of a watched prefix", () => {
  it("tell objects that are new or have another etag", () => {
    assert.deepEqual(scan([a, b], page([a, ["b", "2"], c])), {
      created: ["b", "c"],
      isChanged: true,
      seen: [a, ["b", "2"], c],
      rest: undefined,
    });
    assert.deepEqual(scan([a, b], page([a, b])), {
      created: [],
      isChanged: false,
      seen: [a, b],
      rest: undefined,
    });
  });

  it("forget what was deleted, so that it counts when it is written again", () => {
    assert.deepEqual(scan([a, b], page([b])), {
      created: [],
      isChanged: true,
      seen: [b],
      rest: undefined,
    });
  });

  it("end where the next one starts", () => {
    const { created, seen, rest } = scan([a], page([a, b, c, d], "d"), "b");
    assert.deepEqual({ created, seen, rest }, { created: ["b"], seen: [a, b], rest: undefined });
  });

  it("are split where a page ends within them; what was seen behind it stays seen", () => {
    const { created, seen, rest } = scan([b, d], page([a, b, c], "c"));
    assert.deepEqual(
      { created, seen, rest },
      { created: ["a", "c"], seen: [a, b, c], rest: { start: "c", seen: [d] } },
    );
  });

  it("are not split where a page ends with them", () => {
    assert.equal(scan([a], page([a, b], "b"), "b").rest, undefined);
  });

  it("follow the order of the keys' bytes, not of JavaScript's characters", () => {
    const [emoji, last]: SeenObject[] = [
      ["😀", "1"],
      ["\uffee", "1"],
    ] as SeenObject[];
    assert.deepEqual(scan([], page([last as SeenObject, emoji as SeenObject]), "\uffee").created, ["\uffee"]);
  });

  it("become one where two neighbours are small", () => {
    assert.equal(isSmall(undefined, { start: "", size: 0 }), false);
    assert.equal(isSmall({ start: "", size: 300 }, { start: "m", size: 200 }), true);
    assert.equal(isSmall({ start: "", size: 300 }, { start: "m", size: 201 }), false);
  });
});
