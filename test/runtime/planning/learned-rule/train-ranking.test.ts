import assert from "node:assert/strict";
import { FEATURES, taskFeatures } from "../../../../runtime/planning/learned-rule/features.ts";
import { accuracy, trainRanking } from "../../../../runtime/planning/learned-rule/train-ranking.ts";
import { trainingPairs } from "../../../../runtime/planning/learned-rule/training-pairs.ts";
import { parseAndCompileProblem } from "../../../../runtime/planning/parse-problem.ts";
import { Random } from "../../../../runtime/planning/random.ts";
import { projectProblem } from "../project-problem.ts";

describe("trainRanking", () => {
  it("learns an order that one feature tells, whatever the others are", () => {
    const random = new Random(3);
    const features = () => Float64Array.from(FEATURES, () => random.next());
    const pairs = Array.from({ length: 400 }, () => {
      const [first, other] = [features(), features()];
      return (first[4] as number) > (other[4] as number) ? { first, other } : { first: other, other: first };
    });
    const options = { units: 4, epochs: 30, learningRate: 0.1, random };
    const model = trainRanking(pairs.slice(0, 300), options);
    assert(accuracy(model, pairs.slice(300)) > 0.9, `${accuracy(model, pairs.slice(300))}`);
  });
});

describe("trainingPairs", () => {
  it("puts the task first that must start before the other when all are moved to the right", () => {
    // One executor: a and b wait at the same time, c comes after b, so b is the more urgent one.
    const compiled = parseAndCompileProblem({
      resources: { executor: { capacity: 1 } },
      tasks: {
        a: { duration: 2, needs: { executor: 1 } },
        b: { duration: 3, needs: { executor: 1 } },
        c: { duration: 1, predecessors: ["b"] },
      },
    });
    const schedule = { starts: Float64Array.of(0, 2, 5), modes: Int32Array.of(0, 1, 2) };
    const features = taskFeatures(compiled);
    const of = (task: number) => features.subarray(task * FEATURES.length, (task + 1) * FEATURES.length);
    const first = { starts: Float64Array.of(3, 0, 3), modes: Int32Array.of(0, 1, 2) };
    assert.deepEqual(trainingPairs(compiled, schedule, 10, new Random(1)), [{ first: of(0), other: of(1) }]);
    assert.deepEqual(
      new Set(trainingPairs(compiled, first, 10, new Random(1)).map((pair) => pair.first[0])),
      new Set([of(1)[0], of(0)[0]]),
    );
  });
});

describe("taskFeatures", () => {
  it("are from 0 to 1 within a problem, in windows of capacity and without resources, too", () => {
    for (const problem of [
      projectProblem(1, 30),
      { resources: {}, tasks: { a: { duration: 0 }, b: { duration: 0 } } },
      {
        resources: { gpu: { capacity: 0, windows: [{ from: 5, to: 20, capacity: 2 }] } },
        tasks: { a: { duration: 5, needs: { gpu: 1 } } },
      },
    ])
      for (const value of taskFeatures(parseAndCompileProblem(problem)))
        assert(value >= 0 && value <= 1, `${value}`);
  });
});
