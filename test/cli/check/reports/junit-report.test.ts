import assert from "node:assert/strict";
import { junitReport } from "../../../../cli/check/reports/junit-report.ts";
import { exampleReport } from "./example-report.ts";

describe("JUnit report", () => {
  const text = junitReport(exampleReport());

  it("has a suite a stack and a case a rule, with what failed and what could not be told", () => {
    assert.match(text, /<testsuite name="prod" tests="3" failures="1" skipped="1" time="1.5">/);
    assert.match(text, /<testcase name="queue-encrypted" classname="prod" time="0">\s+<failure message="/);
    assert.match(
      text,
      /<testcase name="queue-kept"[^>]*>\s+<skipped message="to be checked at apply: unknown"\/>/,
    );
    assert.match(text, /<system-out>advisory: the stack: no name<\/system-out>/);
    assert.match(text, /waived until 2027-01-31 by platform-team/);
  });

  it("escapes what would end an element, and leaves out what XML cannot hold", () => {
    assert.match(text, /is &lt;false&gt; &amp; &quot;unsafe&quot;/);
    const report = exampleReport();
    const [violation] = report.stacks[0]?.violations ?? [];
    Object.assign(violation ?? {}, { message: "bell\u0007 null\u0000 \ud800 ]]> \u{1f600}" });
    const odd = junitReport(report);
    assert.match(odd, /bell null \ufffd \]\]&gt; \u{1f600}/u);
  });

  it("closes every element that it opens", () => {
    const open: string[] = [];
    for (const [, closing, name, own] of text.matchAll(/<(\/?)([a-z-]+)[^>]*?(\/?)>/g)) {
      if (closing) assert.equal(open.pop(), name);
      else if (!own) open.push(name ?? "");
    }
    assert.deepEqual(open, []);
  });
});
