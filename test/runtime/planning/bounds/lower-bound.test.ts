import assert from "node:assert/strict";
import { lowerBound } from "../../../../runtime/planning/bounds/lower-bound.ts";
import { parseAndCompileProblem } from "../../../../runtime/planning/parse-problem.ts";
import { dynamicProgramming } from "../../../../runtime/planning/strategies/dynamic-programming.ts";
import { bruteForce } from "../brute-force.ts";
import { randomProblem } from "../random-problem.ts";

describe("lower bounds", function () {
  this.timeout(60_000);

  it("are never above the optimum, with the linear relaxation or without", async () => {
    for (let seed = 5000; seed < 5040; seed++) {
      const compiled = parseAndCompileProblem(randomProblem(seed, 4));
      const known = await dynamicProgramming.solve(compiled, {});
      const least = bruteForce(compiled);
      for (const relaxationSeconds of seed < 5010 ? [0, 30] : [0]) {
        const bound = await lowerBound(compiled, { known, relaxationSeconds });
        assert.ok(bound.value <= least + 1e-6, `seed ${seed}: ${bound.value} by ${bound.by}, not ${least}`);
      }
    }
  });

  it("come from the work of a resource where that is more than the longest path, windows counted", async () => {
    const compiled = parseAndCompileProblem({
      resources: { cpu: { capacity: 2, windows: [{ from: 0, to: 10, capacity: 0 }] } },
      tasks: Object.fromEntries(
        Array.from({ length: 8 }, (_, index) => [`t${index}`, { duration: 5, needs: { cpu: 1 } }]),
      ),
    });
    const known = await dynamicProgramming.solve(compiled, {});
    assert.deepEqual(await lowerBound(compiled, { known }), { value: 30, by: "resource-energy" });
  });

  it("come from the linear relaxation where tasks cannot share what their work would allow", async () => {
    // Three tasks of 2 of 3 units: the work would fit in 4 s, one after the other they take 6.
    const compiled = parseAndCompileProblem({
      resources: { cpu: { capacity: 3 } },
      tasks: Object.fromEntries(
        Array.from({ length: 3 }, (_, index) => [
          `t${index}`,
          { duration: 2, needs: { cpu: 2 }, weight: 1 + index },
        ]),
      ),
      objective: { weightedCompletion: 1 },
    });
    const known = await dynamicProgramming.solve(compiled, {});
    const bound = await lowerBound(compiled, { known, relaxationSeconds: 30 });
    assert.equal(bound.by, "linear-relaxation");
    assert.ok(bound.value > 12 && bound.value <= 20, `${bound.value}`);
  });
});
