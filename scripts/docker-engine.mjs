// A Docker Engine to build images with: the one that runs, or where none does one of our own for as long as it is needed.
import { spawn, spawnSync } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, openSync, readFileSync, readlinkSync, rmSync } from "node:fs";
import { basename, join } from "node:path";
import { setTimeout as sleepMilliseconds } from "node:timers/promises";
import { installDebianPackages } from "./debian-packages.mjs";
import { findCommand } from "./project.mjs";
import { SetUpError } from "./pulumi-cli.mjs";

const START_SECONDS = 60;

/**
 * @param {{folder: string, insecureRegistries?: string[]}} options folder: for the data and the log of an engine of our own
 * @returns {Promise<{environment: object, stop(): Promise<void>}>} what `docker` needs in its environment
 * @throws SetUpError that says what to install
 */
export async function openDockerEngine({ folder, insecureRegistries = [] }) {
  if (isRunning({})) return { environment: {}, stop: async () => undefined };
  if (process.platform !== "linux" || process.getuid?.() !== 0)
    throw new SetUpError(
      "no Docker Engine answers: start Docker (https://docs.docker.com/engine/install), then run this again",
    );
  await installEngine();
  return await startEngine(folder, insecureRegistries);
}

function isRunning(environment) {
  const options = { env: { ...process.env, ...environment }, stdio: "ignore" };
  return findCommand("docker") !== undefined && spawnSync("docker", ["info"], options).status === 0;
}

/** Debian's package; elsewhere the user's own way is better than a guess. */
async function installEngine() {
  if (findCommand("dockerd") && findCommand("docker")) return;
  await installDebianPackages("Docker Engine", ["docker.io"]);
}

/** Waits for one that another command uses, and stops one that a killed command left: it has the settings of that command. */
async function awaitFreeFolder(folder) {
  const file = join(folder, "dockerd.pid");
  if (!existsSync(file)) return;
  const pid = Number(readFileSync(file, "utf8"));
  const isOurs = () =>
    existsSync(`/proc/${pid}/cmdline`) && readFileSync(`/proc/${pid}/cmdline`, "utf8").includes(folder);
  const isUsed = () => isOurs() && isChildOfNode(pid);
  if (isUsed())
    console.error("waiting for another command to end that uses the Docker Engine of this folder …");
  while (isUsed()) await sleepMilliseconds(500);
  if (isOurs()) process.kill(pid, "SIGTERM");
  while (isOurs()) await sleepMilliseconds(50);
}

/** Whether the process that started it lives: else it is a child of the system's first process, or of a reaper. */
function isChildOfNode(pid) {
  try {
    const parent = /^PPid:\s+(\d+)$/m.exec(readFileSync(`/proc/${pid}/status`, "utf8"))?.[1];
    return parent !== "1" && basename(readlinkSync(`/proc/${parent}/exe`)).startsWith("node");
  } catch {
    return false;
  }
}

/** One layer over another where this folder allows it, which a container that we may run in often does not; else copies. */
function storageDriver(folder) {
  const place = mkdtempSync(join(folder, "overlay-"));
  const [lower, upper, work, merged] = ["lower", "upper", "work", "merged"].map((name) => join(place, name));
  for (const path of [lower, upper, work, merged]) mkdirSync(path);
  const options = `lowerdir=${lower},upperdir=${upper},workdir=${work}`;
  const mounted = spawnSync("mount", ["-t", "overlay", "overlay", "-o", options, merged]).status === 0;
  if (mounted) spawnSync("umount", [merged]);
  rmSync(place, { recursive: true, force: true });
  return mounted ? "overlay2" : "vfs";
}

async function startEngine(folder, insecureRegistries) {
  mkdirSync(folder, { recursive: true });
  await awaitFreeFolder(folder);
  const socket = `unix://${join(folder, "docker.sock")}`;
  const log = join(folder, "dockerd.log");
  const args = [
    ["--host", socket],
    ["--data-root", join(folder, "data")],
    ["--exec-root", join(folder, "run")],
    ["--pidfile", join(folder, "dockerd.pid")],
    ["--storage-driver", storageDriver(folder)],
    // Builds use the machine's own network, which needs no rules.
    ["--iptables=false", "--ip6tables=false", "--bridge=none"],
    ...insecureRegistries.map((registry) => ["--insecure-registry", registry]),
  ].flat();
  const output = openSync(log, "w");
  const engine = spawn("dockerd", args, { stdio: ["ignore", output, output], detached: true });
  const environment = { DOCKER_HOST: socket };
  const deadline = Date.now() + START_SECONDS * 1000;
  while (!isRunning(environment)) {
    if (engine.exitCode !== null || Date.now() > deadline) {
      engine.kill("SIGKILL");
      throw new SetUpError(`Docker Engine does not start; its log is ${log}`);
    }
    await sleepMilliseconds(200);
  }
  const stop = async () => {
    engine.kill("SIGTERM");
    while (engine.exitCode === null && engine.signalCode === null && existsSync(`/proc/${engine.pid}`))
      await sleepMilliseconds(50);
  };
  return { environment, stop };
}
