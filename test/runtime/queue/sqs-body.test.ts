import assert from "node:assert/strict";
import { decodeBody, encodeBody, sqsLimits, textAttribute } from "../../../runtime/queue/sqs-body.ts";

function roundTrip(body: string): string {
  const { MessageBody, MessageAttributes } = encodeBody(body);
  return decodeBody({ Body: MessageBody, ...(MessageAttributes && { MessageAttributes }) });
}

describe("a message's text in SQS", () => {
  it("travels as it is where SQS takes it", () => {
    for (const body of ["x", " \t\r\n", "Grüße, 世界 🌍", "\ufffd"])
      assert.deepEqual(encodeBody(body), { MessageBody: body });
  });

  it("travels as base64 where it holds what SQS refuses", () => {
    for (const body of ["nul \0", "\u001b[1m", "\ufffe", "🌍\uffff"]) {
      assert.notEqual(encodeBody(body).MessageBody, body);
      assert.equal(roundTrip(body), body);
    }
  });

  it("is too large where base64 makes it so", () => {
    const body = `\0${"x".repeat(sqsLimits.maximumMessageBytes - 1)}`;
    assert.throws(() => encodeBody(body), { status: 413, code: "message-too-large" });
  });

  it("becomes an attribute without what an attribute does not take", () => {
    assert.equal(textAttribute("a\0b\ud800").StringValue, "a b\ufffd");
    assert.equal(textAttribute("").StringValue, " ");
  });
});
