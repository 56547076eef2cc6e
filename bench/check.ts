// What a check costs beside the engine's own preview with the same policy pack, both offline on simulated providers:
// seconds of a whole command, with nothing compiled before and with Node's compile cache filled.
// Usage: npm run bench:check [-- --json] [--sizes 1000,10000] [--preview-sizes 1000]
import { spawn } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { parseArgs } from "node:util";
import { readProject } from "../cli/check/project-file.ts";
import { nodeBinary, projectFolder, toolEnvironment } from "../scripts/project.mjs";
import { startSimulator } from "../simulator/server.ts";

const STACKS = ["prod-aws", "prod-azure", "prod-gcp"];
const TARGETS = { oneSeconds: 6, threeSeconds: 12, tenThousandSeconds: 60 };

interface Row {
  what: string;
  resources: number;
  coldSeconds: number;
  warmSeconds: number;
  /** Null where it was not measured. */
  previewSeconds: number | null;
  targetSeconds: number | null;
}

const { values } = parseArgs({
  options: {
    json: { type: "boolean", default: false },
    sizes: { type: "string", default: "1000,2500,5000,10000" },
    "preview-sizes": { type: "string", default: "1000" },
  },
});
const numbers = (text: string) => text.split(",").filter(Boolean).map(Number);

const folder = mkdtempSync(join(tmpdir(), "skyloom-bench-check-"));
try {
  const rows: Row[] = [];
  for (const stack of STACKS)
    rows.push(await measure([stack], TARGETS.oneSeconds, () => preview(projectFolder, stack)));
  rows.push(await measure(STACKS, TARGETS.threeSeconds, undefined));
  for (const size of numbers(values.sizes)) {
    const project = madeUpProject(size);
    const measured = numbers(values["preview-sizes"]).includes(size);
    rows.push(
      await measure(
        [`made-up-${size}`],
        size === 10_000 ? TARGETS.tenThousandSeconds : null,
        measured ? () => preview(project, `made-up-${size}`) : undefined,
        project,
      ),
    );
  }
  process.stdout.write(values.json ? `${JSON.stringify({ rows }, null, 2)}\n` : asText(rows));
} finally {
  rmSync(folder, { recursive: true, force: true });
}

async function measure(
  stacks: string[],
  targetSeconds: number | null,
  engine: (() => Promise<number>) | undefined,
  project = projectFolder,
): Promise<Row> {
  const cache = mkdtempSync(join(folder, "cache-"));
  const check = () =>
    timed(
      nodeBinary,
      [join(projectFolder, "cli/main.ts"), "check", ...stacks, "--json", "--project", project],
      {
        NODE_COMPILE_CACHE: cache,
      },
    );
  const cold = await check();
  const warm = await check();
  const document = JSON.parse(warm.output) as { stacks: { resources: number }[] };
  return {
    what: stacks.join(" "),
    resources: document.stacks.reduce((sum, { resources }) => sum + resources, 0),
    coldSeconds: cold.seconds,
    warmSeconds: warm.seconds,
    previewSeconds: engine === undefined ? null : await engine(),
    targetSeconds,
  };
}

/** A copy of the made-up project with a stack of so many resources. */
function madeUpProject(size: number): string {
  const copy = join(folder, `made-up-${size}`);
  cpSync(join(projectFolder, "bench/made-up-stack"), copy, { recursive: true });
  symlinkSync(join(projectFolder, "node_modules"), join(copy, "node_modules"));
  writeFileSync(
    join(copy, `Pulumi.made-up-${size}.yaml`),
    `config:\n  made-up:resources: ${size}\n  skyloom:environment: development\n`,
  );
  return copy;
}

/** A preview of the stack as if nothing of it existed: a backend of its own, empty simulated clouds. */
async function preview(project: string, stack: string): Promise<number> {
  const own = mkdtempSync(join(folder, "preview-"));
  const backend = join(own, "backend");
  mkdirSync(backend);
  const simulator = await startSimulator({ stateFolder: join(own, "clouds") });
  try {
    const environment = {
      ...simulator.environment,
      PULUMI_BACKEND_URL: pathToFileURL(backend).href,
      PULUMI_CONFIG_PASSPHRASE: "",
      PULUMI_SKIP_UPDATE_CHECK: "true",
      PULUMI_NODEJS_TRANSPILE_ONLY: "true",
      PULUMI_OPTION_POLICY_PACK: join(projectFolder, "policies"),
      NODE_COMPILE_CACHE: join(folder, "cache-preview"),
    };
    const file = join(own, `Pulumi.${stack}.yaml`);
    const source = join(project, project === projectFolder ? "stacks" : "", `Pulumi.${stack}.yaml`);
    cpSync(source, file);
    const { name } = readProject(project);
    writeFileSync(join(own, "Pulumi.yaml"), `name: ${name}\nruntime: nodejs\n`);
    await timed("pulumi", ["stack", "init", stack, "--no-select", "--cwd", own], environment);
    const args = ["preview", "-s", stack, "--config-file", file, "--non-interactive", "--cwd", project];
    // Violations end a preview as errors do; both are complete with this line.
    return (await timed("pulumi", args, environment, /^Resources:/m)).seconds;
  } finally {
    await simulator.close();
  }
}

/**
 * @param complete what the output of a command that may say no has when it went through.
 * @throws Error with the end of what the command said.
 */
async function timed(command: string, args: string[], environment: NodeJS.ProcessEnv, complete?: RegExp) {
  const started = performance.now();
  const child = spawn(command, args, {
    cwd: projectFolder,
    env: { ...toolEnvironment(), NODE_NO_WARNINGS: "1", ...environment },
    stdio: ["ignore", "pipe", "pipe"],
  });
  let [output, errors] = ["", ""];
  child.stdout.on("data", (chunk) => {
    output += chunk;
  });
  child.stderr.on("data", (chunk) => {
    errors += chunk;
  });
  const code = await new Promise((resolve, reject) => {
    child.once("error", reject);
    child.once("close", resolve);
  });
  if (code !== 0 && !complete?.test(output))
    throw new Error(
      `${command} ${args.join(" ")} ended with exit status ${code}:\n${output.slice(-5000)}${errors.slice(-5000)}`,
    );
  return { seconds: Number(((performance.now() - started) / 1000).toFixed(1)), output };
}

function asText(rows: Row[]): string {
  const number = (value: number | null, missing: string) => (value === null ? missing : String(value));
  const cells = [
    ["stacks", "resources", "check cold s", "warm s", "ms a resource", "preview s", "target s"],
    ...rows.map((row) => [
      row.what,
      String(row.resources),
      String(row.coldSeconds),
      String(row.warmSeconds),
      ((row.warmSeconds * 1000) / row.resources).toFixed(1),
      number(row.previewSeconds, "not measured"),
      row.targetSeconds === null ? "" : `< ${row.targetSeconds}`,
    ]),
  ];
  const widths =
    cells[0]?.map((_, column) => Math.max(...cells.map((row) => row[column]?.length ?? 0))) ?? [];
  return `${cells.map((row) => row.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join("  ")).join("\n")}\n`;
}
