import assert from "node:assert/strict";
import type { ApiError } from "../../../runtime/errors.ts";
import { parseCloudEvent } from "../../../runtime/queue/cloud-event.ts";

const event = { id: "1", source: "/test", type: "server.metrics", time: "2026-01-31T12:00:00.5+01:00" };

function refusal(text: string): ApiError {
  try {
    parseCloudEvent(text);
  } catch (error) {
    return error as ApiError;
  }
  throw new assert.AssertionError({ message: `${text} was not refused` });
}

describe("parseCloudEvent", () => {
  it("reads an event with any data and extension attributes", () => {
    const full = {
      ...event,
      specversion: "1.0",
      data: { metrics: [1, null] },
      pace: 0.5,
      traceparent: "00-1",
      n: 1,
    };
    assert.deepEqual(parseCloudEvent(JSON.stringify(full)), full);
  });

  it("takes version 1.0 where none is given", () => {
    assert.equal(parseCloudEvent(JSON.stringify(event)).specversion, "1.0");
  });

  it("fills in defaults only where an attribute is missing", () => {
    const defaults = { id: "default", source: "/default", time: "2000-01-01T00:00:00Z" };
    assert.deepEqual(parseCloudEvent('{"type": "t", "source": "/given"}', defaults), {
      ...defaults,
      specversion: "1.0",
      source: "/given",
      type: "t",
    });
    assert.throws(() => parseCloudEvent('{"type": "t", "id": null}', defaults), { code: "invalid-message" });
  });

  it("names everything that is wrong", () => {
    const wrong = {
      specversion: "0.3",
      id: "",
      source: 1,
      type: "a\nb",
      time: "yesterday",
      pace: 61,
      Bad: 1,
      x: {},
    };
    const { status, code, problems } = refusal(JSON.stringify(wrong));
    assert.deepEqual([status, code], [400, "invalid-message"]);
    assert.deepEqual(problems.map(({ path }) => path).sort(), Object.keys(wrong).sort());
    assert.deepEqual(refusal("{}").problems, [
      { path: "id", message: "is required" },
      { path: "source", message: "is required" },
      { path: "type", message: "is required" },
      { path: "time", message: "is required" },
    ]);
  });

  it("bounds the size of every attribute", () => {
    const sizes = { id: 256, source: 1024, type: 256, subject: 1024, dataref: 1024, extension: 4096 };
    for (const [name, size] of Object.entries(sizes)) {
      const withText = (length: number) => JSON.stringify({ ...event, [name]: "x".repeat(length) });
      assert.equal(Object(parseCloudEvent(withText(size)))[name].length, size);
      assert.deepEqual(
        refusal(withText(size + 1)).problems.map(({ path }) => path),
        [name],
      );
    }
  });

  it("refuses data in two ways, and data in Base64", () => {
    assert.match(refusal(JSON.stringify({ ...event, data: 1, dataref: "key" })).message, /dataref/);
    assert.match(
      refusal(JSON.stringify({ ...event, data_base64: "AA==" })).message,
      /data_base64: is not supported/,
    );
    assert.equal(parseCloudEvent(JSON.stringify({ ...event, dataref: "key" })).dataref, "key");
  });

  for (const text of ["[]", "null", '"text"', "1"])
    it(`refuses ${text}, which is JSON but no object`, () => {
      assert.match(refusal(text).message, /must be a JSON object/);
    });

  const broken: [string, number, string][] = [
    ["", 0, "line 1, column 1"],
    ["hello", 0, "line 1, column 1"],
    ['{"a": 1,}', 8, "line 1, column 9"],
    ['{"a": x}', 6, "line 1, column 7"],
    ['{\n  "a": tru\n}', 12, "line 2, column 11"],
    ['{"a": 1', 7, "line 1, column 8"],
    ['{"a": "b', 8, "line 1, column 9"],
    ['{"a": 1} x', 9, "line 1, column 10"],
    ["tru", 3, "line 1, column 4"],
    [`[${"1,".repeat(50_000)}x]`, 100_001, "line 1, column 100002"],
  ];
  for (const [text, position, place] of broken)
    it(`names the place where ${JSON.stringify(text.slice(0, 20))} is broken`, () => {
      const { code, message } = refusal(text);
      assert.equal(code, "invalid-message");
      assert.ok(message.includes(`at position ${position} (${place})`), message);
    });
});
