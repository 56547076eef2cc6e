import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { markdownTable } from "../../../cli/cost/markdown-table.ts";
import { printEstimate } from "../../../cli/cost/report-cost.ts";
import { readStackConfig } from "../../../cli/cost/stack-config.ts";
import { projectFolder } from "../../../scripts/project.mjs";
import { collectingOutput, estimateOfExample, exampleStacks } from "./examples.ts";

describe("cost of the example stacks", () => {
  for (const stack of exampleStacks)
    describe(stack, function () {
      this.timeout(60_000);

      it("prices every machine and its disks, with source and day", async () => {
        const { items, cloud, region } = await estimateOfExample(stack);
        const { values } = readStackConfig(stack);
        assert.deepEqual([cloud, region], [values["skyloom:cloud"], values["skyloom:region"]]);
        const pools = items.filter(({ part }) => part === "machines" || part === "GPU machines");
        assert.ok(pools.some(({ part }) => part === "GPU machines"));
        for (const { name, monthlyUsd, source, date } of pools) {
          assert.notEqual(monthlyUsd, "unknown", name);
          assert.ok(source !== "" && date !== "", name);
        }
      });

      it("knows every type that it registers, save charts", async () => {
        const { notPriced } = await estimateOfExample(stack);
        for (const { type } of notPriced) assert.equal(type, "kubernetes:helm.sh/v3:Release");
      });

      it("is expected to cost less than its budget", async () => {
        const { monthlyUsd } = JSON.parse(readStackConfig(stack).values["skyloom:budget"] ?? "");
        const { total } = await estimateOfExample(stack);
        assert.ok(total.minimum <= total.expected && total.expected <= total.maximum);
        assert.ok(total.expected > 100 && total.expected < monthlyUsd, String(total.expected));
      });

      it("has its table in the documentation", async () => {
        const page = join(projectFolder, "docs", `${stack.split("-")[1]}.md`);
        const table = markdownTable(stack, await estimateOfExample(stack));
        assert.ok(
          readFileSync(page, "utf8").includes(table),
          `node docs/cost-table.ts ${stack} prints another`,
        );
      });

      it("tells what is unknown, assumed and doubtful", async () => {
        const output = collectingOutput();
        const estimate = await estimateOfExample(stack);
        printEstimate(stack, estimate, output);
        const text = output.lines.join("\n");
        assert.match(text, /sum of what is known/);
        for (const { name, what } of estimate.unknown)
          assert.match(text, new RegExp(`${name}: .*${what.slice(0, 20)}`));
        assert.equal(
          text.includes("Price doubtful"),
          estimate.items.some(({ doubtful }) => doubtful !== undefined),
        );
        assert.match(text, /without taxes, discounts and free amounts/);
      });
    });
});
