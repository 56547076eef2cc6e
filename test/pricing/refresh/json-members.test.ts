import assert from "node:assert/strict";
import { jsonMembers } from "../../../pricing/refresh/json-members.ts";

async function* inPieces(text: string, size: number): AsyncGenerator<string> {
  for (let index = 0; index < text.length; index += size) yield text.slice(index, index + size);
}

describe("jsonMembers", () => {
  const document = {
    note: 'a "quoted" { brace \\',
    products: {
      A: { sku: "A", list: [{ products: { no: {} } }] },
      'B "b"': { sku: "B", deep: { deeper: {} } },
    },
    terms: { OnDemand: { A: { x: 1 } }, Reserved: { A: { x: 2 } } },
    products2: { C: {} },
  };

  for (const size of [1, 7, 10_000])
    it(`gives the members of the wanted objects, in pieces of ${size} characters`, async () => {
      const found: unknown[] = [];
      for await (const { path, name, value } of jsonMembers(inPieces(JSON.stringify(document), size), [
        ["products"],
        ["terms", "OnDemand"],
      ]))
        found.push([path.join("."), name, value]);
      assert.deepEqual(found, [
        ["products", "A", document.products.A],
        ["products", 'B \\"b\\"', document.products['B "b"']],
        ["terms.OnDemand", "A", document.terms.OnDemand.A],
      ]);
    });

  it("does not take a document that was cut for a whole one", async () => {
    const cut = async () => {
      for await (const _ of jsonMembers(inPieces('{"products": {"A": {}', 5), [["products"]]));
    };
    await assert.rejects(cut(), /ends in the middle/);
  });
});
