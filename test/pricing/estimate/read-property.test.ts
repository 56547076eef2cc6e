import assert from "node:assert/strict";
import { count, flag, knownText, list, notYet, read, text } from "../../../pricing/estimate/read-property.ts";
import { policyProxy, UNKNOWN } from "./resources.ts";

describe("readProperty", () => {
  const properties = {
    pool: { size: "3", open: UNKNOWN, list: [1, UNKNOWN] },
    spot: "true",
    name: `a-${UNKNOWN}`,
  };
  for (const [how, from] of [
    ["plain", properties],
    ["through a policy's proxy, which throws", policyProxy(properties)],
  ] as const) {
    it(`reads what is there and says what is not known, ${how}`, () => {
      assert.equal(count(from, "pool.size"), 3);
      assert.equal(count(from, "pool.open"), notYet);
      assert.equal(text(from, "pool.open.deeper"), notYet);
      assert.equal(flag(from, "spot"), true);
      assert.equal(read(from, "pool.nothing.there"), undefined);
      assert.equal(knownText(from, "pool.open"), undefined);
      assert.deepEqual(list(from, "pool.list"), [1, notYet]);
      assert.deepEqual(list(from, "nothing"), []);
    });
  }

  it("takes a text that holds an unknown for unknown", () => {
    assert.equal(text(properties, "name"), notYet);
  });

  it("takes no value of another type for a number, a text or a flag", () => {
    assert.equal(count({ size: "many" }, "size"), undefined);
    assert.equal(count({ size: "" }, "size"), undefined);
    assert.equal(text({ name: 3 }, "name"), undefined);
    assert.equal(flag({ spot: "yes" }, "spot"), undefined);
    assert.deepEqual(list({ list: "a" }, "list"), []);
  });
});
