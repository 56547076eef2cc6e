import assert from "node:assert/strict";
import { ganttMermaid } from "../../../../runtime/planning/answer/gantt-mermaid.ts";
import { ganttSvg } from "../../../../runtime/planning/answer/gantt-svg.ts";
import { makePlan } from "../../../../runtime/planning/make-plan.ts";

const problem = {
  resources: { gpu: { capacity: 1 } },
  tasks: {
    first: { duration: 3600, needs: { gpu: 1 } },
  },
};

describe("pictures of plans", () => {
  it("draw each task with its times, and say what they show to those who cannot see them", async () => {
    const plan = await makePlan(
      {
        ...problem,
        tasks: { ...problem.tasks, second: { duration: 1800, needs: { gpu: 1 }, predecessors: ["first"] } },
      },
      { strategy: "dynamic-programming" },
    );
    const svg = ganttSvg(plan, { title: 'Night & "day" <run>' });
    assert.match(svg, /^<svg [^>]*role="img" aria-labelledby="title description"/);
    assert.match(svg, /<title id="title">Night &amp; &quot;day&quot; &lt;run&gt;<\/title>/);
    assert.match(
      svg,
      /<desc id="description">Gantt chart of 2 tasks over 1 h 30 min\. Critical path: first, second\./,
    );
    assert.match(svg, /<title>second: 1 h to 1 h 30 min; holds 1 gpu; on the critical path; after first/);
    assert.match(svg, /prefers-color-scheme:dark/);
    assert.equal(svg.match(/<rect class="critical"/g)?.length, 2);
    // Two thirds of the 736 units of the chart, which begins at 200.
    assert.match(svg, /<rect class="critical" x="200" y="\d+" width="490.67"/);
  });

  it("draw what happened below what was planned", async () => {
    const plan = await makePlan(
      { resources: {}, tasks: { only: { duration: 10 } } },
      { strategy: "dynamic-programming" },
    );
    const svg = ganttSvg(plan, { title: "run", actual: { only: { start: 0, end: 20, state: "failed" } } });
    assert.match(svg, /<rect class="critical" x="200" y="\d+" width="368" /);
    assert.match(svg, /<rect class="failed" x="200" y="\d+" width="736" /);
  });

  it("as Mermaid: sections of a day without date, critical and late tasks marked", async () => {
    const late = await makePlan(
      {
        ...problem,
        tasks: { ...problem.tasks, late: { duration: 600, needs: { gpu: 1 }, deadline: 700, weight: 0 } },
        objective: { weightedCompletion: 1 },
      },
      { strategy: "dynamic-programming" },
    );
    assert.equal(
      ganttMermaid(late, "a plan"),
      [
        "gantt",
        "    title a plan",
        "    dateFormat YYYY-MM-DD HH:mm:ss.SSS",
        "    axisFormat %H:%M",
        "    first :crit, t0, 2000-01-01 00:00:00.000, 3600000ms",
        "    late :crit, active, t1, 2000-01-01 01:00:00.000, 600000ms",
        "",
      ].join("\n"),
    );
  });
});
