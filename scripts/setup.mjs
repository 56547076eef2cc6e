// Installs what is missing: npm packages (with the project's own Node 26) and the Pulumi command line.
import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { installDebianPackages } from "./debian-packages.mjs";
import { runWithProgress } from "./progress.mjs";
import { nodeBinary, projectFolder, toolEnvironment } from "./project.mjs";
import { ensurePulumi, SetUpError } from "./pulumi-cli.mjs";
import { withSetUpLock } from "./set-up-lock.mjs";

const MINIMUM_NODE = 20;
const stampFile = join(projectFolder, "node_modules", ".skyloom-lock-hash");

function lockHash() {
  return createHash("sha256")
    .update(readFileSync(join(projectFolder, "package-lock.json")))
    .digest("hex");
}

/** Whether node_modules was installed from the package-lock.json that is there now. */
export function packagesAreCurrent() {
  return existsSync(nodeBinary) && existsSync(stampFile) && readFileSync(stampFile, "utf8") === lockHash();
}

/** @throws SetUpError with npm's own words. */
export async function ensurePackages() {
  if (!packagesAreCurrent()) await withSetUpLock(installPackages);
}

async function installPackages() {
  // Another command may have done it while this one waited.
  if (packagesAreCurrent()) return;
  const { ok, output } = await runWithProgress(
    "installing npm packages",
    "npm",
    ["ci", "--loglevel=error", "--no-fund", "--no-audit"],
    { cwd: projectFolder, env: toolEnvironment() },
  );
  if (!ok) throw new SetUpError(`npm ci failed:\n${output.trim().split("\n").slice(-20).join("\n")}`);
  await ensureNodeRuns();
  writeFileSync(stampFile, lockHash());
}

/** From Node 25 on the binary wants a library of GCC that small systems lack. */
async function ensureNodeRuns() {
  const run = () => spawnSync(nodeBinary, ["--version"], { encoding: "utf8" });
  if (/libatomic\.so/.test(run().stderr ?? "")) await installDebianPackages("libatomic", ["libatomic1"]);
  const { status, stderr, error } = run();
  if (status !== 0)
    throw new SetUpError(`the project's own Node does not run: ${stderr?.trim() || error?.message}`);
}

/**
 * @param pulumi whether the command line of Pulumi is needed, too
 * @throws SetUpError that says what is missing and how to get it.
 */
export async function setUp({ pulumi = true } = {}) {
  const major = Number(process.versions.node.split(".")[0]);
  if (major < MINIMUM_NODE)
    throw new SetUpError(
      `Node ${process.versions.node} is too old: install Node ${MINIMUM_NODE} or later (https://nodejs.org)`,
    );
  await ensurePackages();
  if (pulumi) await ensurePulumi();
}
