// Inputs: what the tasks of the run gave, null where they were skipped. Outputs {title, markdown}, the run's report.
import { runTask } from "./task.mjs";

const columns = ["cpu (%)", "memory (%)", "latency (ms)", "errors (%)", "disk (%)", "connections"];
const shownLines = 12;

await runTask((run) => {
  const parts = [seen(run), done(run), compared(run), lines(run)];
  return { title: `${run.server}: ${outcome(run)}`, markdown: parts.filter(Boolean).join("\n\n") };
});

function outcome({ score, plan, judge, escalate }) {
  if (score < 0.5) return "healthy";
  if (judge?.repaired) return `${plan.kind} repaired`;
  if (escalate) return `not repaired, handed over to ${escalate.person ?? "a person"}`;
  return "left as it is";
}

function seen({ score, choose, votes, ask }) {
  const probability = `The probability of a fault is ${percent(score)}.`;
  if (!choose) return `## What was seen\n\n${probability} Nothing has to be done.`;
  const kinds = Object.entries(votes)
    .sort(([, one], [, other]) => other - one)
    .map(([kind, count]) => `| ${kind} | ${count} |`);
  const asked = ask
    ? `\n\nThat was not clear enough: ${ask.person ?? "nobody"} decided "${ask.decision}".${ask.comment ? ` ${quoted(ask.comment)}` : ""}`
    : "";
  return `## What was seen\n\n${probability} What the log lines speak of:\n\n| kind | lines |\n|---|---|\n${kinds.join("\n")}${asked}`;
}

function done({ actions, judge, escalate }) {
  const carriedOut = actions.filter(({ result }) => result);
  if (carriedOut.length === 0) return "";
  const rows = carriedOut.map(
    ({ task, result }) => `| ${task} | ${result.action} | ${result.cured ? "yes" : "no"} |`,
  );
  const checks = judge
    ? `\n\nChecked in ${judge.scores.length} half hours after it: fault probabilities ${judge.scores.map(percent).join(", ")}.`
    : "";
  const handedOver = escalate
    ? `\n\nHanded over: ${escalate.person ?? "nobody"} answered "${escalate.decision}".${escalate.comment ? ` ${quoted(escalate.comment)}` : ""}`
    : "";
  return `## What was done\n\n| task | action | cured a fault |\n|---|---|---|\n${rows.join("\n")}${checks}${handedOver}`;
}

function compared({ metrics, windows }) {
  const recent = (rows, column) => rows.slice(-5).reduce((sum, row) => sum + row[column], 0) / 5;
  const after = windows?.at(-1);
  const rows = columns.map((name, column) => {
    const [start, end] = [metrics.slice(0, 5), metrics].map((part) => recent(part, column).toFixed(1));
    return `| ${name} | ${start} | ${end} |${after ? ` ${recent(after, column).toFixed(1)} |` : ""}`;
  });
  const head = `| mean of five minutes | half an hour ago | when reported |${after ? " after the repair |" : ""}`;
  return `## Metrics\n\n${head}\n|---|---|---|${after ? "---|" : ""}\n${rows.join("\n")}`;
}

function lines({ logs, labels, choose }) {
  const shown = choose ? logs.filter((_, index) => labels[index] === choose.kind).slice(-shownLines) : [];
  if (shown.length === 0) return "";
  const text = shown.map((line) => `    ${line.replace(/[\r\n]+/g, " ")}`).join("\n");
  return `## Log lines that speak of ${choose.kind}\n\n${text}`;
}

function percent(share) {
  return `${(share * 100).toFixed(1)} %`;
}

function quoted(text) {
  return `Comment: "${String(text).replace(/\s+/g, " ")}"`;
}
