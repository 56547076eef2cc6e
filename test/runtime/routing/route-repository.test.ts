import assert from "node:assert/strict";
import { publishModel } from "../../../runtime/inference/model-repository.ts";
import type { ObjectStore } from "../../../runtime/object-store/object-store.ts";
import { createRouteRepository } from "../../../runtime/routing/route-repository.ts";
import { scaleModel, temporaryStore } from "../inference/models.ts";

describe("createRouteRepository", () => {
  let store: ObjectStore;
  let remove: () => Promise<void>;
  before(async () => {
    ({ store, remove } = await temporaryStore());
    await publishModel(store, scaleModel(1, "a"));
    await publishModel(store, scaleModel(2, "b"));
  });
  after(() => remove());

  const targets = { a: { model: "a" }, b: { model: "b", version: 1 } };
  const split = (a: number, b: number) => ({ kind: "split", targets, weights: { a, b } });

  it("records who changed what and when, by revision", async () => {
    const routes = createRouteRepository(store, () => Date.UTC(2026, 0, 1));
    await routes.put("recorded", split(1, 0), "ada");
    await routes.promote("recorded", "b", "bob");
    const { history } = await routes.rollback("recorded");
    assert.deepEqual(
      JSON.parse(JSON.stringify(history)).map(
        ({ route: _route, ...entry }: object & { route: object }) => entry,
      ),
      [
        { revision: 1, action: "put", at: "2026-01-01T00:00:00.000Z", person: "ada" },
        {
          revision: 2,
          action: "promote",
          at: "2026-01-01T00:00:00.000Z",
          person: "bob",
          promoted: "b",
          before: 1,
        },
        { revision: 3, action: "rollback", at: "2026-01-01T00:00:00.000Z" },
      ],
    );
    assert.deepEqual((await routes.read("recorded"))?.history, JSON.parse(JSON.stringify(history)));
  });

  it("undoes one change after the other, down to the first", async () => {
    const routes = createRouteRepository(store);
    const serving = (stored: Awaited<ReturnType<typeof routes.put>>) => {
      const { route, promoted } = stored.history.at(-1) ?? {};
      return [route?.kind === "split" ? route.weights.a : undefined, promoted];
    };
    await routes.put("undone", split(1, 0));
    await routes.put("undone", split(2, 0));
    await routes.promote("undone", "b");
    assert.deepEqual(serving(await routes.rollback("undone")), [2, undefined]);
    assert.deepEqual(serving(await routes.rollback("undone")), [1, undefined]);
    await assert.rejects(routes.rollback("undone"), { code: "nothing-to-roll-back", status: 409 });
  });

  it("loses no change of writers at the same time", async () => {
    const routes = createRouteRepository(store);
    await Promise.all([1, 2, 3, 4].map((weight) => routes.put("contended", split(weight, 0))));
    const history = (await routes.read("contended"))?.history ?? [];
    assert.deepEqual(
      history.map(({ revision }) => revision),
      [1, 2, 3, 4],
    );
  });

  it("refuses targets that are not in the repository, all at once", async () => {
    const wrong = {
      a: { model: "missing" },
      b: { model: "b", version: 7 },
      c: { model: "a", alias: "stable" },
    };
    await assert.rejects(
      createRouteRepository(store).put("wrong", { kind: "split", targets: wrong, weights: { a: 1 } }),
      (error: { code: string; problems: { path: string }[] }) => {
        assert.equal(error.code, "invalid-route");
        assert.deepEqual(
          error.problems.map(({ path }) => path),
          ["targets.a", "targets.b", "targets.c"],
        );
        return true;
      },
    );
  });

  it("gives no route a model's name, and no model a route's", async () => {
    const routes = createRouteRepository(store);
    await assert.rejects(routes.put("a", split(1, 0)), { code: "name-taken", status: 409 });
    await routes.put("taken", split(1, 0));
    await assert.rejects(publishModel(store, scaleModel(1, "taken")), { code: "name-taken", status: 409 });
  });

  it("refuses what is not there and names that no route may have", async () => {
    const routes = createRouteRepository(store);
    await assert.rejects(routes.promote("absent", "a"), { code: "route-not-found", status: 404 });
    await assert.rejects(routes.rollback("absent"), { code: "route-not-found" });
    await assert.rejects(routes.delete("absent"), { code: "route-not-found" });
    await assert.rejects(routes.put("x.json", split(1, 0)), { code: "invalid-route" });
    await routes.put("known", split(1, 0));
    await assert.rejects(routes.promote("known", "toString"), { code: "invalid-request", status: 400 });
    await routes.delete("known");
    assert.equal(await routes.read("known"), undefined);
  });

  it("tells a document that is no route, and deletes it", async () => {
    const routes = createRouteRepository(store);
    await store.put("routes/broken.json", '{"name": "broken"}');
    await assert.rejects(routes.read("broken"), { code: "route-corrupt", status: 503 });
    await assert.rejects(routes.put("broken", split(1, 0)), { code: "route-corrupt" });
    await routes.delete("broken");
    await routes.put("broken", split(1, 0));
    assert.equal((await routes.read("broken"))?.history.length, 1);
  });
});
