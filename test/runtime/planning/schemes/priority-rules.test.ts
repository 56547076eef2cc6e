import assert from "node:assert/strict";
import { parseAndCompileProblem } from "../../../../runtime/planning/parse-problem.ts";
import { countSuccessors } from "../../../../runtime/planning/schemes/count-successors.ts";
import {
  type PriorityRuleName,
  priorityRules,
  rankByPriority,
} from "../../../../runtime/planning/schemes/priority-rules.ts";
import { projectProblem } from "../project-problem.ts";

/** a (2 s) is before b (5 s) and c (1 s); b is before d (4 s); e (3 s) is alone. Critical path: a, b, d, of 11 s. */
const compiled = parseAndCompileProblem({
  resources: {},
  tasks: {
    a: { duration: 2, weight: 1 },
    b: { duration: 5, predecessors: ["a"], weight: 10, deadline: 20 },
    c: { duration: 1, predecessors: ["a"], weight: 0 },
    d: { duration: 4, predecessors: ["b"], weight: 4, deadline: 12 },
    e: { duration: 3, weight: 1, release: 1 },
  },
});

const orders: Record<PriorityRuleName, string> = {
  LFT: "abcde",
  LST: "abdec",
  MSLK: "abdec",
  MTS: "abcde",
  GRPW: "badec",
  SPT: "caedb",
  LPT: "bdeac",
  WSPT: "bdaec",
  EDD: "dbace",
  FCFS: "abcde",
};

describe("priorityRules", () => {
  for (const [name, order] of Object.entries(orders))
    it(`${name} takes ${order.split("").join(", ")}`, () => {
      const ranks = rankByPriority(priorityRules[name as PriorityRuleName](compiled));
      const byRank = compiled.taskNames.toSorted(
        (a, b) =>
          (ranks[compiled.taskNames.indexOf(a)] as number) - (ranks[compiled.taskNames.indexOf(b)] as number),
      );
      assert.equal(byRank.join(""), order);
    });
});

describe("countSuccessors", () => {
  it("counts all that wait for a task, each once", () => {
    assert.deepEqual([...countSuccessors(compiled.graph, compiled.topologicalOrder)], [3, 1, 0, 0, 0]);
  });

  it("estimates in large networks, mostly within half of what it is", () => {
    const chains = 4;
    const tasks = Object.fromEntries(
      Array.from({ length: 6000 }, (_, index) => [
        `t${index}`,
        { duration: 1, predecessors: index < chains ? [] : [`t${index - chains}`] },
      ]),
    );
    const { graph, topologicalOrder } = parseAndCompileProblem({ resources: {}, tasks });
    const counts = countSuccessors(graph, topologicalOrder);
    const isNear = (task: number) => {
      const exact = Math.floor((6000 - 1 - task) / chains);
      return Math.abs((counts[task] as number) - exact) <= exact / 2;
    };
    const near = [...counts.keys()].filter(isNear).length;
    assert(near > 5400, `${near} of 6000`);
    assert.equal(counts[5999], 0);
  });

  it("is exact in a project", () => {
    const project = parseAndCompileProblem(projectProblem(3, 80));
    const counts = countSuccessors(project.graph, project.topologicalOrder);
    const waitingFor = (task: number, found = new Set<number>()) => {
      const { successorOffsets, successors } = project.graph;
      for (const next of successors.subarray(successorOffsets[task], successorOffsets[task + 1]))
        if (!found.has(next)) waitingFor(next, found.add(next));
      return found;
    };
    assert.deepEqual(
      [...counts],
      Array.from(counts, (_, task) => waitingFor(task).size),
    );
  });
});
