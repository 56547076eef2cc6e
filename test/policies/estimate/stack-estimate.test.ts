import assert from "node:assert/strict";
import { stackLimitMonthlyCost } from "../../../policies/cost/stack-limit-monthly-cost.ts";
import { run } from "../fixture.ts";
import { costMonthFixtures } from "../fixtures/cost-month.ts";

describe("the cost of a stack in a violation", () => {
  it("names the dearest items first, the amounts and what to do", async () => {
    const above = costMonthFixtures.find(({ rule }) => rule === stackLimitMonthlyCost)?.violating.above;
    const [diagnostic] = await run(stackLimitMonthlyCost, above ?? assert.fail());
    const message = diagnostic?.message ?? "";
    assert.match(
      message,
      /expected to cost \$369\.32 a month, at most \$369\.32 \(0 amounts.*budget of \$300\.00 \(resource budget\)/,
    );
    assert.match(message, /pool \(m6i\.xlarge, on-demand\) \$280\.32; cluster \(control plane\) \$73\.00/);
    assert.match(message, /smaller or cheaper, or raise the budget/);
  });
});
