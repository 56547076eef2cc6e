import assert from "node:assert/strict";
import { createDecisionIds } from "../../../runtime/routing/decision-ids.ts";

describe("createDecisionIds", () => {
  const key = Buffer.alloc(32, 1);

  it("carries a decision to whoever has the key", () => {
    const decision = { route: "best", arm: "a-1", features: [1, -0.25] };
    const text = createDecisionIds(key, () => 1_700_000_000_000).sign(decision);
    const { id, ...read } = createDecisionIds(key).verify(text) ?? {};
    assert.deepEqual(read, { ...decision, at: 1_700_000_000_000 });
    assert.match(id ?? "", /^[0-9a-z]{27}$/);
  });

  it("gives each decision an id of its own", () => {
    const ids = createDecisionIds(key, () => 5);
    const [first, second] = [1, 2].map(() => ids.verify(ids.sign({ route: "r", arm: "a" }))?.id);
    assert.notEqual(first, second);
  });

  it("takes nothing that was changed, signed with another key, or is no decision", () => {
    const ids = createDecisionIds(key);
    const text = ids.sign({ route: "best", arm: "a-1" });
    const [payload, signature] = text.split(".");
    const other = Buffer.from(JSON.stringify(["best", "b-1", "0"])).toString("base64url");
    for (const wrong of ["", "x", ".", `${payload}`, `${payload}.`, `${other}.${signature}`, `${text}.x`])
      assert.equal(ids.verify(wrong), undefined, wrong);
    assert.equal(createDecisionIds(Buffer.alloc(32, 2)).verify(text), undefined);
  });
});
