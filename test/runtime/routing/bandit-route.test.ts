import assert from "node:assert/strict";
import type { InferResponse } from "../../../runtime/inference/inference.ts";
import { publishModel } from "../../../runtime/inference/model-repository.ts";
import { row, scaleModel } from "../inference/models.ts";
import { type Replica, useReplicas } from "./routing-fixture.ts";
import { seededRandom } from "./seeded-random.ts";

/** Right is twice the input: a right answer is liked nine times of ten, a wrong one three times. */
function likes(answer: InferResponse, random: () => number): number {
  const isRight = answer.outputs[0]?.data[0] === 2;
  return random() < (isRight ? 0.9 : 0.3) ? 1 : 0;
}

describe("a bandit route", () => {
  const replicas = useReplicas();
  const targets = { a: { model: "a" }, b: { model: "b" } };

  async function publish(factors: { a: number; b: number }): Promise<void> {
    await publishModel(replicas.engines.store, scaleModel(factors.a, "a"));
    await publishModel(replicas.engines.store, scaleModel(factors.b, "b"));
  }

  async function rewarded({ inference, routes }: Replica, count: number, random: () => number) {
    const chosen: string[] = [];
    for (let request = 0; request < count; request += 1) {
      const answer = await inference.infer("best", undefined, row(1, 1));
      chosen.push(answer.model_name);
      await routes.reward(answer.id as string, likes(answer, random));
    }
    const share = (model: string, latest: number) =>
      chosen.slice(-latest).filter((name) => name === model).length / latest;
    return { share };
  }

  it("sends over 90 % to the better model after 2,000 rewarded requests, and moves within 1,000 when they swap", async () => {
    await publish({ a: 1, b: 2 });
    const replica = await replicas.start();
    await replica.routes.put("best", { kind: "bandit", algorithm: "thompson", targets });
    const random = seededRandom(11);

    const before = await rewarded(replica, 2000, random);
    assert.ok(before.share("b", 1000) > 0.9, `b got ${before.share("b", 1000)}`);

    await publish({ a: 2, b: 1 });
    await replica.inference.ready("best");
    const after = await rewarded(replica, 1000, random);
    assert.ok(after.share("a", 200) > 0.9, `a got ${after.share("a", 200)}`);
    assert.equal(await replica.count("skyloom_route_rewards_total", { route: "best" }), 3000);
  }).timeout(120_000);
});
