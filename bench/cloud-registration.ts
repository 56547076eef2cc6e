// What a production stack costs before any cloud answers: seconds and memory from the start of its program to the last
// resource that it registers, seconds of a whole offline update, seconds to check the types of everything.
// Usage: npm run bench:clouds [-- --json]
import { spawn } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { parseArgs } from "node:util";
import { nodeBinary, projectFolder, toolEnvironment } from "../scripts/project.mjs";
import { startSimulator } from "../simulator/server.ts";

const STACKS = ["prod-aws", "prod-azure", "prod-gcp"];
/** As npm run typecheck. */
const typeChecker = join(projectFolder, "node_modules/typescript-native/bin/tsc");
const TARGETS = { registrationSeconds: 4, programMebibytes: 600, upSeconds: 30, typeCheckSeconds: 10 };

interface Figures {
  stack: string;
  resources: number;
  /** The first update, without a compile cache, and the one after it. */
  upSeconds: number;
  upAgainSeconds: number;
  /** Start of the program's process to its end, in a preview of the new stack. */
  registrationSeconds: number;
  /** Peak of the program's process; null where the system does not tell. */
  programMebibytes: number | null;
}

const { values } = parseArgs({ options: { json: { type: "boolean", default: false } } });
const folder = mkdtempSync(join(tmpdir(), "skyloom-bench-"));
try {
  const stacks: Figures[] = [];
  for (const stack of STACKS) stacks.push(await measure(stack));
  const typeCheckSeconds = await secondsOf(() => run(nodeBinary, [typeChecker, "-p", "."]));
  const figures = { stacks, typeCheckSeconds, targets: TARGETS };
  process.stdout.write(values.json ? `${JSON.stringify(figures, null, 2)}\n` : asText(figures));
} finally {
  rmSync(folder, { recursive: true, force: true });
}

async function measure(stack: string): Promise<Figures> {
  const { changes, seconds: upSeconds } = JSON.parse(await skyloom("up", stack));
  const { seconds: upAgainSeconds } = JSON.parse(await skyloom("up", stack));
  const program = await measureProgram(stack);
  return { stack, resources: changes.create, upSeconds, upAgainSeconds, ...program };
}

/** A preview of the stack as if nothing of it existed: a backend of its own, the same simulated clouds empty. */
async function measureProgram(stack: string) {
  const offline = join(folder, "offline", stack);
  const own = join(folder, "program", stack);
  const backend = join(own, "backend");
  mkdirSync(backend, { recursive: true });
  writeFileSync(join(own, "Pulumi.yaml"), "name: skyloom\nruntime: nodejs\n");
  const file = join(own, `Pulumi.${stack}.yaml`);
  writeFileSync(file, readFileSync(join(offline, `Pulumi.${stack}.yaml`)));
  const simulator = await startSimulator({ stateFolder: join(own, "clouds") });
  const report = join(own, "program.jsonl");
  try {
    const environment = {
      ...simulator.environment,
      PULUMI_BACKEND_URL: pathToFileURL(backend).href,
      PULUMI_CONFIG_PASSPHRASE: "",
      PULUMI_OPTION_POLICY_PACK: join(projectFolder, "policies"),
      PULUMI_SKIP_UPDATE_CHECK: "true",
      PULUMI_NODEJS_TRANSPILE_ONLY: "true",
      NODE_COMPILE_CACHE: join(folder, "cache", "node"),
      SKYLOOM_BENCH_REPORT: report,
      NODE_OPTIONS: `--import=${pathToFileURL(join(import.meta.dirname, "report-process.mjs")).href}`,
    };
    await run("pulumi", ["stack", "init", stack, "--no-select", "--cwd", own], environment);
    await run("pulumi", ["preview", "-s", stack, "--config-file", file, "--non-interactive"], environment);
  } finally {
    await simulator.close();
  }
  const processes = existsSync(report) ? readFileSync(report, "utf8").trim().split("\n") : [];
  const programs = processes
    .map((line) => JSON.parse(line) as { script: string; seconds: number; mebibytes: number | null })
    .filter(({ script }) => /[\\/]cmd[\\/]run[\\/]/.test(script));
  const last = programs.at(-1);
  if (last === undefined) throw new Error(`no program of ${stack} was seen`);
  return { registrationSeconds: last.seconds, programMebibytes: last.mebibytes };
}

async function skyloom(command: string, stack: string): Promise<string> {
  const main = join(projectFolder, "cli/main.ts");
  return await run(nodeBinary, [main, command, "-s", stack, "--offline", "--json"], {
    SKYLOOM_STATE_FOLDER: folder,
    NODE_NO_WARNINGS: "1",
  });
}

/** @returns standard output; @throws Error with all that the command said. */
async function run(command: string, args: string[], environment: NodeJS.ProcessEnv = {}): Promise<string> {
  const child = spawn(command, args, {
    cwd: projectFolder,
    env: { ...toolEnvironment(), ...environment },
    stdio: ["ignore", "pipe", "pipe"],
  });
  let [output, text] = ["", ""];
  child.stdout.on("data", (chunk) => {
    output += chunk;
    text += chunk;
  });
  child.stderr.on("data", (chunk) => {
    text += chunk;
  });
  const code = await new Promise((resolve, reject) => {
    child.once("error", reject);
    child.once("close", resolve);
  });
  if (code !== 0) throw new Error(`${command} ${args.join(" ")} ended with exit status ${code}:\n${text}`);
  return output;
}

async function secondsOf(action: () => Promise<unknown>): Promise<number> {
  const started = performance.now();
  await action();
  return Number(((performance.now() - started) / 1000).toFixed(1));
}

function asText({ stacks, typeCheckSeconds }: { stacks: Figures[]; typeCheckSeconds: number }): string {
  const { registrationSeconds, programMebibytes, upSeconds } = TARGETS;
  const rows = [
    ["stack", "resources", "program s", "program MiB", "up s", "up again s"],
    ...stacks.map((one) =>
      [
        one.stack,
        one.resources,
        one.registrationSeconds,
        one.programMebibytes ?? "unknown",
        one.upSeconds,
        one.upAgainSeconds,
      ].map(String),
    ),
    ["target", "", `< ${registrationSeconds}`, `< ${programMebibytes}`, `< ${upSeconds}`, ""],
  ];
  const widths = rows[0]?.map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0))) ?? [];
  const lines = rows.map((row) => row.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join("  "));
  return `${lines.join("\n")}\n\ntypes of everything: ${typeCheckSeconds} s (target < ${TARGETS.typeCheckSeconds} s)\n`;
}
