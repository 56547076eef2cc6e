import assert from "node:assert/strict";
import { setTimeout } from "node:timers/promises";
import { publishModel } from "../../../runtime/inference/model-repository.ts";
import { row, scaleModel } from "../inference/models.ts";
import { useReplicas } from "./routing-fixture.ts";

describe("createRoutes", () => {
  const replicas = useReplicas();
  const targets = { one: { model: "one" }, two: { model: "two" } };
  const bandit = { kind: "bandit", algorithm: "thompson", targets };

  beforeEach(async () => {
    await publishModel(replicas.engines.store, scaleModel(1, "one"));
    await publishModel(replicas.engines.store, scaleModel(2, "two"));
  });

  it("takes over by itself what another replica changes", async () => {
    const first = await replicas.start();
    const second = await replicas.start({ checkSeconds: 0.01 });
    const until = async (isSo: () => boolean) => {
      while (!isSo()) await setTimeout(1);
    };
    const serving = () => second.routes.find("best")?.serving;
    await first.routes.put("best", { kind: "split", targets, weights: { one: 1 } });
    await until(() => serving()?.revision === 1);
    await first.routes.promote("best", "two");
    await until(() => serving()?.promoted === "two");
    await first.routes.rollback("best");
    await until(() => serving()?.promoted === undefined);
    await first.routes.delete("best");
    await until(() => serving() === undefined);
  });

  it("goes on with the last good document where the bucket has a broken one", async () => {
    const warnings: unknown[] = [];
    const logger = { warn: (_details: object, message: string) => void warnings.push(message) };
    const { routes } = await replicas.start({ logger });
    await routes.put("best", { kind: "split", targets, weights: { one: 1 } });
    await replicas.engines.store.put("routes/best.json", "{}");
    await routes.refresh();
    await routes.refresh();
    assert.equal(routes.find("best")?.serving.revision, 1);
    assert.deepEqual(warnings, ["route not taken over"]);
  });

  it("takes no reward of a decision that is too old, or whose target was replaced", async () => {
    let time = Date.UTC(2026, 0, 1);
    const { routes, inference } = await replicas.start({ now: () => time });
    const decide = async () => (await inference.infer("best", undefined, row(1, 1))).id as string;
    await routes.put("best", { ...bandit, rewardSeconds: 60 });
    const [inTime, late] = [await decide(), await decide()];
    time += 60_000;
    await routes.reward(inTime, 1);
    time += 1;
    await assert.rejects(routes.reward(late, 1), { code: "decision-not-found", status: 404 });

    const replaced = await decide();
    const other = { one: { model: "one", version: 1 }, two: { model: "two", version: 1 } };
    await routes.put("best", { ...bandit, targets: other });
    await assert.rejects(routes.reward(replaced, 1), { code: "decision-not-found" });
    await routes.rollback("best");
    await routes.reward(replaced, 1);
  });

  it("finds what was learnt after a restart", async () => {
    const first = await replicas.start();
    await first.routes.put("best", bandit);
    const { id, model_name: target } = await first.inference.infer("best", undefined, row(1, 1));
    await first.routes.reward(id as string, 1);
    await first.routes.close();
    const second = await replicas.start();
    const served = second.routes.find("best");
    const state = await replicas.engines.store.get("routes/best/state.json");
    const [arm = ""] = Object.keys(JSON.parse(Buffer.from(state?.body ?? "").toString()));
    assert.ok(arm.startsWith(`${target}-`));
    assert.deepEqual(served?.learner?.statistics(arm), { count: 1, sum: 1 });
  });
});
