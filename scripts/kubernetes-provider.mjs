// Brings the Kubernetes provider into Pulumi's plugin cache: the official one, or, where its download is blocked, the
// project's stand-in. Only stacks on a real cluster need it: set-up itself does not fetch it.
import { chmodSync, existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";
import { runWithProgress } from "./progress.mjs";
import { projectFolder, pulumiBinFolder, toolEnvironment } from "./project.mjs";

const NAME = "pulumi-resource-kubernetes";
const MARK = "# Stand-in for Pulumi's Kubernetes provider";

function sdkVersion() {
  const file = join(projectFolder, "node_modules/@pulumi/kubernetes/package.json");
  return JSON.parse(readFileSync(file, "utf8")).version;
}

function pulumiHome() {
  return process.env.PULUMI_HOME || join(homedir(), ".pulumi");
}

/** Where the engine looks for the provider. */
function providerFolder(home = pulumiHome()) {
  return join(home, "plugins", `resource-kubernetes-v${sdkVersion()}`);
}

/** @returns {"official" | "stand-in" | "missing"} */
export function installedKubernetesProvider() {
  const file = join(providerFolder(), NAME);
  if (!existsSync(file)) return "missing";
  return readFileSync(file).subarray(0, 200).includes(MARK) ? "stand-in" : "official";
}

/**
 * Pulumi and the packages must be there already. SKYLOOM_KUBERNETES_PROVIDER=stand-in does without the download.
 * @returns {Promise<"official" | "stand-in">} which one the engine will find
 */
export async function ensureKubernetesProvider() {
  const installed = installedKubernetesProvider();
  if (installed === "official") return installed;
  if (installed === "stand-in") {
    installStandIn(); // brings an older one of ours up to date
    return installed;
  }
  const download = await downloadOfficial();
  if (installedKubernetesProvider() === "official") return "official";
  installStandIn();
  process.stderr.write(
    [
      `  Pulumi's Kubernetes provider could not be downloaded (${reasonOf(download)}); the project's stand-in is used`,
      "  instead. simulator/kubernetes-api/README.md says what it lacks. To get the official one later:",
      `  rm -r ${providerFolder()}\n`,
    ].join("\n"),
  );
  return "stand-in";
}

async function downloadOfficial() {
  if (process.env.SKYLOOM_KUBERNETES_PROVIDER === "stand-in") return "SKYLOOM_KUBERNETES_PROVIDER=stand-in";
  const { output } = await runWithProgress(
    `downloading Pulumi's Kubernetes provider ${sdkVersion()}`,
    join(pulumiBinFolder, "pulumi"),
    ["plugin", "install", "resource", "kubernetes", sdkVersion()],
    { env: { ...toolEnvironment(), PULUMI_SKIP_UPDATE_CHECK: "true" }, timeout: 300_000 },
  );
  return output;
}

/** The last cause in the engine's chain of errors. */
function reasonOf(output) {
  const line = output.trim().split("\n").filter(Boolean).at(-1) ?? "no reason given";
  return line
    .replace(/^error: /, "")
    .split(": ")
    .slice(-2)
    .join(": ");
}

/** @param home Pulumi's folder; default: the user's */
export function installStandIn(home = pulumiHome()) {
  const folder = providerFolder(home);
  const source = readFileSync(join(projectFolder, "scripts", `${NAME}.sh`), "utf8");
  const text = source.replace("@PROJECT@", projectFolder.replaceAll("'", "'\\''"));
  const target = join(folder, NAME);
  if (existsSync(target) && readFileSync(target, "utf8") === text) return;
  mkdirSync(folder, { recursive: true });
  const temporary = `${target}.${process.pid}`;
  writeFileSync(temporary, text);
  chmodSync(temporary, 0o755);
  renameSync(temporary, target);
}
