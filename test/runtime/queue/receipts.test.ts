import assert from "node:assert/strict";
import { createReceipts } from "../../../runtime/queue/receipts.ts";

const stale = { name: "ApiError", status: 409, code: "receipt-stale" };

describe("receipts with a deadline", () => {
  let time = 0;
  const create = () => createReceipts<string>({ now: () => time });
  beforeEach(() => {
    time = 1_000_000;
  });

  it("count until their deadline, for every client", () => {
    const receipt = create().create("handle:with\ncolon", time + 1000);
    assert.deepEqual(create().find(receipt), { handle: "handle:with\ncolon", kept: undefined });
    time += 1000;
    assert.throws(() => create().find(receipt), stale);
  });

  it("count as long as they were extended, or as short", () => {
    const receipts = create();
    const receipt = receipts.create("handle", time + 1000);
    receipts.extend(receipt, time + 5000);
    time += 4000;
    assert.equal(receipts.find(receipt).handle, "handle");
    receipts.extend(receipt, time);
    assert.throws(() => receipts.find(receipt), stale);
  });

  it("end with the message, and with them what was kept", () => {
    const receipts = create();
    const receipt = receipts.create("handle", time + 1000);
    receipts.keep(receipt, "body");
    assert.equal(receipts.find(receipt).kept, "body");
    receipts.end(receipt);
    assert.throws(() => receipts.find(receipt), stale);
  });

  it("stay ended after what is over was forgotten", () => {
    const receipts = create();
    const old = receipts.create("old", time + 1000);
    receipts.extend(old, time);
    const ended = receipts.create("ended", time + 1_000_000);
    receipts.end(ended);
    time += 120_000;
    receipts.keep(receipts.create("new", time + 1000), "body");
    for (const receipt of [old, ended]) assert.throws(() => receipts.find(receipt), stale);
  });

  it("are no other text", () => {
    for (const text of ["", "no receipt at all", "12:", ":handle", "1.5:handle"])
      assert.throws(() => create().find(text), stale);
  });
});
