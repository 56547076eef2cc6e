// Plans published instances and large random problems; see bench/README.md.
// Usage: npm run bench:planner [-- --help]
import { priorityRules } from "../../runtime/planning/schemes/priority-rules.ts";
import { ArgumentsError, type BenchOptions, readArguments, usage } from "./arguments.ts";
import { timeLargeProblems } from "./large-problems.ts";
import { type Instance, readInstances } from "./read-instances.ts";
import { PsplibError } from "./read-psplib.ts";
import { averageDeviationFromBest, type SolvedSet, solveInstances, WARM_UP } from "./solve-instances.ts";

const COULD_NOT_RUN = 2;
const FAILED = 1;

const progress = (line: string) => void process.stderr.write(`${line}\n`);
const print = (text: string) => void process.stdout.write(`${text}\n`);
const cell = (value: number | undefined, decimals: number) =>
  (value === undefined ? "unknown" : value.toFixed(decimals)).padStart(10);

const titles = "strategy               above critical path  above best known  processor ms";

try {
  const options = readArguments(process.argv.slice(2));
  if (options.help) print(usage);
  else if (options.tasks !== undefined) await runLarge(options.tasks, options);
  else await runInstances(options.instances as string, options);
} catch (error) {
  const isInput = error instanceof ArgumentsError || error instanceof PsplibError;
  progress((error as Error).message.trimEnd());
  process.exitCode = isInput ? COULD_NOT_RUN : FAILED;
}

async function runInstances(folder: string, options: BenchOptions): Promise<void> {
  const instances = readInstances(folder);
  progress(
    `${instances.length} instances; ${WARM_UP} of them solved once before, so that the compiler is warm`,
  );
  if (options.compare) return runComparison(instances, options);
  const { strategy, schedules, seed, rule } = options;
  const solved = await solveInstances(instances, strategy, {
    schedules,
    seed,
    ...(rule !== undefined && { rule }),
  });
  if (options.json) return print(JSON.stringify(solved));
  for (const { name, makespan, criticalPath, seconds } of solved.instances)
    print(`${name.padEnd(16)} ${cell(makespan, 0)} ${cell(criticalPath, 0)} ${cell(seconds * 1000, 1)} ms`);
  print(titles);
  print(rowOf(rule === undefined ? strategy : `${strategy} ${rule}`, instances, solved));
}

function rowOf(name: string, instances: Instance[], solved: SolvedSet): string {
  const fromBest = averageDeviationFromBest(instances, solved.instances);
  return `${name.padEnd(22)} ${cell(solved.averageDeviationFromCriticalPath, 3).padStart(17)} % ${cell(fromBest, 3).padStart(15)} % ${cell(solved.averageSeconds * 1000, 2).padStart(13)}`;
}

/** Rules and strategies beside each other, on the same instances. */
async function runComparison(instances: Instance[], { schedules, seed, json }: BenchOptions): Promise<void> {
  const candidates = [
    { strategy: "greedy", rule: undefined },
    ...Object.keys(priorityRules).map((rule) => ({ strategy: "priority", rule })),
    { strategy: "learned", rule: undefined },
    { strategy: "genetic", rule: undefined },
  ];
  const rows: object[] = [];
  if (!json) print(titles);
  for (const { strategy, rule } of candidates) {
    const solved = await solveInstances(instances, strategy, {
      schedules,
      seed,
      ...(rule !== undefined && { rule }),
    });
    const { averageDeviationFromCriticalPath, averageSeconds } = solved;
    const fromBest = averageDeviationFromBest(instances, solved.instances);
    rows.push({
      strategy,
      ...(rule !== undefined && { rule }),
      averageDeviationFromCriticalPath,
      averageDeviationFromBest: fromBest ?? null,
      averageSeconds,
    });
    if (!json) print(rowOf(rule ?? strategy, instances, solved));
  }
  if (json) print(JSON.stringify({ rows }, null, 2));
}

async function runLarge(sizes: number[], { seed, json }: BenchOptions): Promise<void> {
  progress("a problem of at most 5000 tasks is planned before by every rule, so that the compiler is warm");
  if (!json)
    print(
      "network  rule      tasks    edges  makespan s  processor s  + compile s  ns ÷ (n log₂ n)  memory MB",
    );
  const rows = await timeLargeProblems(sizes, seed, (row) => {
    if (json) return;
    print(
      [
        row.network.padEnd(8),
        row.rule.padEnd(7),
        String(row.tasks).padStart(7),
        String(row.edges).padStart(8),
        row.makespan.toFixed(0).padStart(11),
        row.seconds.toFixed(2).padStart(12),
        row.compileSeconds.toFixed(2).padStart(12),
        row.nanosecondsPerStep.toFixed(0).padStart(17),
        row.memory.toFixed(0).padStart(10),
      ].join(" "),
    );
  });
  if (json) print(JSON.stringify({ rows }, null, 2));
}
