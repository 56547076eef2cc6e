import assert from "node:assert/strict";
import { createReceipts } from "../../../runtime/queue/azure-storage-queue-receipts.ts";

const delivery = { id: "id", popReceipt: "first=", deliveryCount: 2, enqueuedAt: new Date(5), text: "a:b" };
const stale = { code: "receipt-stale", status: 409 };

describe("receipts of Storage Queue", () => {
  it("tell a delivery to any client", async () => {
    const receipt = createReceipts().create(delivery);
    let told: unknown;
    await createReceipts().change(receipt, async (found) => {
      told = found;
      return undefined;
    });
    assert.deepEqual(told, delivery);
  });

  it("give each change the service's present receipt, one change after the other", async () => {
    const receipts = createReceipts();
    const receipt = receipts.create(delivery);
    const seen: string[] = [];
    const extended = Promise.withResolvers<string>();
    const extending = receipts.change(receipt, ({ popReceipt }) => {
      seen.push(popReceipt);
      return extended.promise;
    });
    const deleting = receipts.change(receipt, async ({ popReceipt }) => {
      seen.push(popReceipt);
      return undefined;
    });
    const late = assert.rejects(
      receipts.change(receipt, async () => undefined),
      stale,
    );
    extended.resolve("second=");
    await Promise.all([extending, deleting, late]);
    assert.deepEqual(seen, ["first=", "second="]);
  });

  it("keep the present receipt where a change fails", async () => {
    const receipts = createReceipts();
    const receipt = receipts.create(delivery);
    await receipts.change(receipt, async () => "second=");
    const failing = receipts.change(receipt, async () => {
      throw new Error("no connection");
    });
    await assert.rejects(failing, /no connection/);
    let present: string | undefined;
    await receipts.change(receipt, async ({ popReceipt }) => {
      present = popReceipt;
      return undefined;
    });
    assert.equal(present, "second=");
  });

  it("refuse what is no receipt", async () => {
    for (const text of ["", "id", "id:pop:x:1:", "no receipt at all"])
      await assert.rejects(
        createReceipts().change(text, async () => undefined),
        stale,
      );
  });
});
