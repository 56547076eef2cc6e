import assert from "node:assert/strict";
import { chooseByMatch } from "../../../runtime/routing/match.ts";
import { type MatchRoute, routeSchema } from "../../../runtime/routing/route.ts";

const route = routeSchema.parse({
  kind: "match",
  targets: { a: { model: "a" }, b: { model: "b" }, c: { model: "c" } },
  rules: [
    { header: "X-Tenant", values: ["acme", "globex"], target: "b" },
    { header: "X-Beta", values: ["yes"], target: "c" },
  ],
  default: "a",
}) as MatchRoute;

const choose = (headers: Record<string, string>) => chooseByMatch(route, (name) => headers[name]);

describe("chooseByMatch", () => {
  it("takes the target of the first rule that matches", () => {
    assert.equal(choose({ "X-Tenant": "globex" }), "b");
    assert.equal(choose({ "X-Beta": "yes" }), "c");
    assert.equal(choose({ "X-Beta": "yes", "X-Tenant": "acme" }), "b");
  });

  it("takes the default where no rule matches", () => {
    assert.equal(choose({}), "a");
    assert.equal(choose({ "X-Tenant": "another" }), "a");
  });
});
