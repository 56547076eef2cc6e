import assert from "node:assert/strict";
import { addRewards, type BanditState } from "../../../../runtime/routing/bandits/arm-statistics.ts";
import { chooseArm } from "../../../../runtime/routing/bandits/choose-arm.ts";
import { type BanditRoute, routeSchema } from "../../../../runtime/routing/route.ts";
import { seededRandom } from "../seeded-random.ts";

const names = ["a", "b"];
const targets = { a: { model: "a" }, b: { model: "b" } };

function bandit(settings: object): BanditRoute {
  return routeSchema.parse({ kind: "bandit", targets, ...settings }) as BanditRoute;
}

/** Plays an arm a round; `rate` is the chance of a reward. Returns the share of arm b in the last `latest` rounds. */
function play(
  route: BanditRoute,
  rate: (arm: string, features: number[]) => number,
  { rounds, latest, seed }: { rounds: number; latest: number; seed: number },
) {
  const random = seededRandom(seed);
  let state: BanditState = {};
  const right: boolean[] = [];
  let second = 0;
  for (let round = 0; round < rounds; round += 1) {
    const features = [1, random() * 2 - 1];
    const arms = names.map((name) => state[name] ?? { count: 0, sum: 0 });
    const arm = names[chooseArm(route, arms, features, random)] as string;
    const reward = random() < rate(arm, features) ? 1 : 0;
    state = addRewards(state, [{ arm, reward, features }], route.discount);
    const other = arm === "a" ? "b" : "a";
    if (round >= rounds - latest) {
      right.push(rate(arm, features) > rate(other, features));
      if (arm === "b") second += 1;
    }
  }
  return { right: right.filter(Boolean).length / latest, second: second / latest };
}

describe("chooseArm", () => {
  const rates = (arm: string) => (arm === "b" ? 0.8 : 0.3);

  for (const algorithm of ["thompson", "ucb1"])
    it(`finds the better arm with ${algorithm}`, () => {
      const route = bandit({ algorithm, discount: 1 });
      const { right } = play(route, rates, { rounds: 3000, latest: 1000, seed: 3 });
      assert.ok(right > 0.9, `the better arm got ${right}`);
    });

  it("finds with linucb which arm is better for which requests", () => {
    const route = bandit({ algorithm: "linucb", discount: 1, features: [{ header: "X-Age" }] });
    const rate = (arm: string, features: number[]) => 0.5 + (arm === "b" ? 0.4 : -0.4) * (features[1] ?? 0);
    const { right, second } = play(route, rate, { rounds: 3000, latest: 1000, seed: 4 });
    assert.ok(right > 0.9, `the better arm got ${right}`);
    assert.ok(second > 0.4 && second < 0.6, `arm b got ${second}`);
  });

  it("gives each arm its floor, however bad", () => {
    const route = bandit({ algorithm: "thompson", floor: 0.1, discount: 1 });
    const { second } = play(route, (arm) => (arm === "b" ? 0 : 1), { rounds: 5000, latest: 4000, seed: 5 });
    assert.ok(second > 0.085 && second < 0.115, `the bad arm got ${second}`);
  });
});
