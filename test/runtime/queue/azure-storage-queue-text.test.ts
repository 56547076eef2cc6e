import assert from "node:assert/strict";
import {
  azureStorageQueueLimits,
  decodeText,
  encodeText,
} from "../../../runtime/queue/azure-storage-queue-text.ts";

const limit = 64 * 1024;

describe("text of Storage Queue messages", () => {
  it("carries every text, in characters that XML takes", () => {
    for (const body of ["x", "\0\r\n", "Grüße 🌍", '{"a": "<b>&"}', "\ufeffmark"]) {
      const text = encodeText(body);
      assert.match(String(text), /^[A-Za-z0-9+/=]+$/);
      assert.deepEqual(decodeText(String(text)), { body, note: undefined });
    }
  });

  it("notes a reason with the body", () => {
    const note = { reason: "it failed: ü", delivery: 3, id: "1", enqueuedAt: 7 };
    assert.deepEqual(decodeText(String(encodeText("body", note))), { body: "body", note });
  });

  it("cuts a reason to what the largest body leaves, and keeps at least a thousand characters of it", () => {
    const body = "x".repeat(azureStorageQueueLimits.maximumMessageBytes);
    const reason = '"🌍'.repeat(2000);
    const text = String(encodeText(body, { reason, delivery: 1 }));
    assert.ok(text.length <= limit);
    const { note, ...decoded } = decodeText(text);
    assert.equal(decoded.body, body);
    assert.ok(note && note.reason.length >= 1000 && reason.startsWith(note.reason.slice(0, -1)));
  });

  it("has no text for a body from elsewhere that leaves no room for a note", () => {
    assert.equal(encodeText("x".repeat(limit), { reason: "failed", delivery: 1 }), undefined);
  });

  it("takes a text that it has not written as the body", () => {
    for (const text of ['{"specversion":"1.0"}', "a.b.c", "abc", "//79", "YWJj.not a note"])
      assert.deepEqual(decodeText(text), { body: text, note: undefined });
  });
});
