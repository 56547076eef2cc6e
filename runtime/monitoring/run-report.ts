import { isFinal, type Run, type TaskRun } from "../workflows/run.ts";

/** A run that lasted, with what it waited for. */
interface Chain {
  tasks: TaskRun[];
  seconds: number;
}

/** What happened in a run, as Markdown: result, tasks, what took longest, what to change next. */
export function runReport(run: Run): string {
  return [
    `# Run ${run.id} of ${run.workflow}`,
    "",
    ...result(run),
    "",
    "## Tasks",
    "",
    "| task | type | state | attempts | seconds |",
    "|---|---|---|---:|---:|",
    ...run.tasks.map(taskRow),
    "",
    ...longestPath(run),
    ...section("Outputs", outputs(run)),
    ...section("What to change next", advice(run)),
  ].join("\n");
}

function result(run: Run): string[] {
  const seconds = secondsBetween(run.createdAt, run.finishedAt);
  return [
    `- state: **${run.state}**${run.error === null ? "" : ` (${cell(run.error)})`}`,
    `- workflow: ${run.workflow}, version ${run.version}`,
    `- created: ${run.createdAt}`,
    seconds === undefined ? `- not finished` : `- finished: ${run.finishedAt}, after ${seconds.toFixed(3)} s`,
  ];
}

function taskRow(task: TaskRun): string {
  const seconds = taskSeconds(task);
  const state = task.error === null ? task.state : `${task.state}: ${cell(task.error)}`;
  return `| ${task.name} | ${task.uses} | ${state} | ${task.attempts} | ${seconds?.toFixed(3) ?? ""} |`;
}

/** The chain of tasks, each begun when the one before it had ended, that explains how long the run took. */
function longestPath(run: Run): string[] {
  const chain = longestChain(run.tasks);
  if (chain.tasks.length === 0) return [];
  const path = chain.tasks.map((task) => `${task.name} (${taskSeconds(task)?.toFixed(3)} s)`).join(" → ");
  return ["## Longest path", "", `${path}: ${chain.seconds.toFixed(3)} s`, ""];
}

function longestChain(tasks: TaskRun[]): Chain {
  const timed = tasks
    .filter((task) => taskSeconds(task) !== undefined)
    .sort((a, b) => (a.finishedAt ?? "").localeCompare(b.finishedAt ?? ""));
  const chains: Chain[] = [];
  let longest: Chain = { tasks: [], seconds: 0 };
  for (const task of timed) {
    const before = chains
      .filter((chain) => (chain.tasks.at(-1)?.finishedAt ?? "") <= (task.startedAt ?? ""))
      .reduce<Chain>((best, chain) => (chain.seconds > best.seconds ? chain : best), {
        tasks: [],
        seconds: 0,
      });
    const chain = { tasks: [...before.tasks, task], seconds: before.seconds + (taskSeconds(task) ?? 0) };
    chains.push(chain);
    if (chain.seconds > longest.seconds) longest = chain;
  }
  return longest;
}

function outputs(run: Run): string[] {
  const entries = Object.entries(run.outputs ?? {});
  return entries.map(([name, value]) => `- ${name}: \`${brief(JSON.stringify(value))}\``);
}

/** What the figures alone suggest. */
function advice(run: Run): string[] {
  const found: string[] = [];
  for (const task of run.tasks) {
    if (task.state === "failed" && task.attempts > 1)
      found.push(
        `- ${task.name} failed in all of ${task.attempts} attempts: more retries would not have helped; look at its log`,
      );
    else if (task.state === "failed")
      found.push(
        `- ${task.name} failed without another attempt: correct its inputs, or handle it by a task whose \`when\` looks at \`tasks.${task.name}.state\``,
      );
    else if (task.attempts > 1)
      found.push(`- ${task.name} needed ${task.attempts} attempts: find out why the first ones failed`);
  }
  const total = run.tasks.reduce((sum, task) => sum + (taskSeconds(task) ?? 0), 0);
  const slowest = [...run.tasks].sort((a, b) => (taskSeconds(b) ?? 0) - (taskSeconds(a) ?? 0))[0];
  const share = total > 0 && slowest !== undefined ? (taskSeconds(slowest) ?? 0) / total : 0;
  if (slowest !== undefined && run.tasks.length > 2 && share > 0.5 && slowest.attempts > 0)
    found.push(
      `- ${slowest.name} takes ${Math.round(share * 100)} % of the time of all tasks: begin there to make the run faster`,
    );
  if (run.tasks.some((task) => !isFinal(task.state)))
    found.push("- the run has not ended: these figures are not the last");
  return found;
}

function section(title: string, lines: string[]): string[] {
  return lines.length === 0 ? [] : [`## ${title}`, "", ...lines, ""];
}

function taskSeconds(task: TaskRun): number | undefined {
  return secondsBetween(task.startedAt, task.finishedAt);
}

function secondsBetween(from: string | null, to: string | null): number | undefined {
  return from === null || to === null ? undefined : (Date.parse(to) - Date.parse(from)) / 1000;
}

function cell(text: string): string {
  return brief(text.replaceAll("\n", " ").replaceAll("|", "\\|"));
}

function brief(text: string): string {
  return text.length > 300 ? `${text.slice(0, 299)}…` : text;
}
