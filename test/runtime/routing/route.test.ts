import assert from "node:assert/strict";
import { routeSchema } from "../../../runtime/routing/route.ts";

const targets = { a: { model: "a" }, b: { model: "b", alias: "stable" } };

function pathsOf(document: object): string[] {
  const { error } = routeSchema.safeParse(document);
  return (error?.issues ?? []).map(({ path }) => path.join("."));
}

describe("routeSchema", () => {
  it("fills in a bandit's defaults", () => {
    const route = routeSchema.parse({ kind: "bandit", algorithm: "thompson", targets });
    assert.deepEqual(route, {
      kind: "bandit",
      algorithm: "thompson",
      targets,
      floor: 0.01,
      discount: 0.998,
      rewardSeconds: 604_800,
    });
  });

  it("tells all problems of a document's form at once", () => {
    const wrong = {
      a: { model: "a/b" },
      b: { model: "b", version: 1, alias: "stable" },
      "c d": { model: "c" },
    };
    assert.deepEqual(pathsOf({ kind: "split", targets: wrong, weights: { a: -1 }, extra: 1 }).sort(), [
      "",
      "targets.a.model",
      "targets.b.alias",
      "targets.c d",
      "weights.a",
    ]);
  });

  it("tells all references to targets that are not there", () => {
    const rules = [{ header: "X-Tenant", values: ["acme"], target: "x" }];
    assert.deepEqual(pathsOf({ kind: "match", targets, rules, default: "toString", fallback: "z" }), [
      "fallback",
      "rules.0.target",
      "default",
    ]);
    assert.deepEqual(pathsOf({ kind: "split", targets, weights: { x: 1 } }), ["weights.x"]);
    assert.deepEqual(pathsOf({ kind: "split", targets, weights: { a: 0 } }), ["weights"]);
    assert.deepEqual(pathsOf({ kind: "shadow", targets, primary: "a", shadow: "a" }), ["shadow"]);
  });

  it("names the kinds and algorithms there are", () => {
    const messagesOf = (document: unknown) =>
      routeSchema.safeParse(document).error?.issues.map(({ path, message }) => `${path}: ${message}`);
    assert.deepEqual(messagesOf({ kind: "best" }), ["kind: must be split, match, shadow or bandit"]);
    assert.deepEqual(messagesOf({}), ["kind: must be split, match, shadow or bandit"]);
    assert.deepEqual(messagesOf({ kind: "bandit", algorithm: "best" }), [
      "algorithm: must be thompson, ucb1 or linucb",
    ]);
    assert.deepEqual(messagesOf([]), [": Invalid input: expected object, received array"]);
  });

  it("refuses what could never work", () => {
    const bandit = { kind: "bandit", algorithm: "thompson", targets };
    assert.deepEqual(pathsOf({ ...bandit, floor: 0.6 }), ["floor"]);
    assert.deepEqual(pathsOf({ ...bandit, targets: { a: { model: "a" } } }), ["targets"]);
    assert.deepEqual(pathsOf({ ...bandit, slow: { p95Seconds: 1 } }), ["slow"]);
    assert.deepEqual(pathsOf({ ...bandit, algorithm: "linucb" }), ["features"]);
    assert.deepEqual(pathsOf({ kind: "split", targets: {}, weights: {} }), ["targets", "weights"]);
  });
});
