import assert from "node:assert/strict";
import { MARKER, markdownReport } from "../../../../cli/check/reports/markdown-report.ts";
import { exampleReport } from "./example-report.ts";

describe("Markdown report", () => {
  const text = markdownReport(exampleReport());

  it("begins with what a job finds it by, and the verdict", () => {
    assert.ok(text.startsWith(`${MARKER}\n\n## Skyloom check: ❌ 1 violation\n`));
    const passed = markdownReport(exampleReport({ violations: [] }));
    assert.match(passed, /## Skyloom check: ✅ passed/);
  });

  it("names rule, severity, framework, resource, place, message and fix of a violation", () => {
    assert.match(
      text,
      /- ❌ `queue-encrypted` \(high\), Benchmark 1\.0 4\.2: `orders` `aws:sqs\/queue:Queue`, `stacks\/Pulumi\.prod\.yaml:7`<br>/,
    );
    assert.match(text, /<br>\*\*Fix:\*\* Set sqsManagedSseEnabled to true\./);
    assert.match(text, /- ⚠️ `queue-named` \(low\): the stack<br>no name/);
  });

  it("shows waivers, what was not checked, and cost with its difference and what is missing from it", () => {
    assert.match(
      text,
      /1 waiver used<\/summary>[\s\S]*sqsManagedSseEnabled is false, until 2027-01-31 by platform-team: moves in January/,
    );
    assert.match(text, /1 not checked<\/summary>[\s\S]*`queue-kept`: `orders`/);
    assert.match(text, /\| USD a month \| \$100 \| \$1,234 \| \$2,000 \|/);
    assert.match(text, /\| against the base \| \$0 \| \+\$234 \| -\$500 \|/);
    assert.match(
      text,
      /1 price unknown, and not in these sums<\/summary>[\s\S]*orders: requests: depends on use/,
    );
  });

  it("lets nothing that a program's author chose format, link or mention", () => {
    const report = exampleReport({ warnings: ["see <img src=x> [a](http://b) @team #1 `x` www.b.example"] });
    const [violation] = report.stacks[0]?.violations ?? [];
    Object.assign(violation ?? {}, { rule: "a`<b>|c" });
    const odd = markdownReport(report);
    assert.doesNotMatch(odd, /<img|@team|\[a\]|http:\/\/b|`x`|www\.b/);
    assert.match(odd, /`a <b> c`/);
  });

  it("fits into a comment, and says where it was cut", () => {
    const [violation] = exampleReport().stacks[0]?.violations ?? [];
    assert.ok(violation);
    const many = Array.from({ length: 40 }, () => ({ ...violation, message: "x".repeat(5000) }));
    const long = markdownReport(exampleReport({ violations: many }));
    assert.ok(long.length <= 65_536);
    assert.match(long, /\*Cut here: the other forms of the report hold all of it\.\*\n$/);
  });
});
