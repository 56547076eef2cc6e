// What the emulators share. Every other file of this folder is one emulator; it exports by default
//
//   { name: "moto",
//     suites: ["s3", "sqs"],          // it is started for suites whose file names begin so (test/drivers/*/s3.suite.ts)
//     async start({ cacheFolder, dataFolder, host }) → { environment: { SKYLOOM_TEST_MOTO: "http://127.0.0.1:PORT" }, stop } }
//
// `start` installs what is missing into the cache folder (kept between runs; throw SetUpError that says what to
// install), starts the server on a free port of `host` (loopback; only moto takes another), and resolves when it answers. Suites find it through the
// environment. `dataFolder` is its own, and is removed at the end. Use `startServer`, `freePort`, `installStep` and `buildGoProgram`.
import { spawn } from "node:child_process";
import {
  createWriteStream,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { connect, createServer } from "node:net";
import { join } from "node:path";
import { setTimeout as sleepMilliseconds } from "node:timers/promises";
import { runWithProgress } from "../progress.mjs";
import { findCommand, toolEnvironment } from "../project.mjs";
import { INSTALL_GO, SetUpError, USUAL_GO } from "../pulumi-cli.mjs";

const START_SECONDS = 60;

/** A free port of that address. */
export function freePort(host = "127.0.0.1") {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once("error", reject);
    server.listen(0, host, () => {
      const { port } = server.address();
      server.close(() => resolve(port));
    });
  });
}

/**
 * Starts a server and waits until its port takes connections. Its output goes to `server.log` in the data folder, and
 * its end to the error where it does not start.
 * @returns {Promise<() => Promise<void>>} stops it
 */
export async function startServer({
  name,
  command,
  args,
  host = "127.0.0.1",
  port,
  dataFolder,
  environment = {},
}) {
  const logFile = join(dataFolder, "server.log");
  const log = createWriteStream(logFile);
  const child = spawn(command, args, {
    cwd: dataFolder,
    env: { ...toolEnvironment(), ...environment },
    stdio: ["ignore", "pipe", "pipe"],
  });
  child.stdout.pipe(log, { end: false });
  child.stderr.pipe(log, { end: false });
  let ending;
  const ended = new Promise((resolve) => {
    const end = (reason) => {
      ending = reason;
      resolve();
    };
    child.once("error", (error) => end(error.message));
    child.once("exit", (code, signal) => end(`it ended with ${signal ?? `status ${code}`}`));
  });
  const stop = async () => {
    if (ending === undefined) child.kill("SIGTERM");
    const killing = setTimeout(() => child.kill("SIGKILL"), 5000);
    await ended;
    clearTimeout(killing);
    log.end();
  };
  const deadline = Date.now() + START_SECONDS * 1000;
  while (ending === undefined && Date.now() < deadline) {
    if (await takesConnections(host, port)) return stop;
    await Promise.race([sleepMilliseconds(50), ended]);
  }
  await stop();
  const last = existsSync(logFile)
    ? readFileSync(logFile, "utf8").trim().split("\n").slice(-10).join("\n")
    : "";
  throw new SetUpError(
    `${name} did not start on port ${port}: ${ending ?? `no answer in ${START_SECONDS} s`}\n${last}`,
  );
}

function takesConnections(host, port) {
  return new Promise((resolve) => {
    const socket = connect(port, host);
    const answer = (isThere) => {
      socket.destroy();
      resolve(isThere);
    };
    socket.once("connect", () => answer(true));
    socket.once("error", () => answer(false));
  });
}

/** Runs a step of an installation. @throws SetUpError with the end of its output */
export async function installStep(title, command, args, options = {}) {
  const { ok, output } = await runWithProgress(title, command, args, { env: toolEnvironment(), ...options });
  if (!ok) throw new SetUpError(`${title} failed:\n${output.trim().split("\n").slice(-15).join("\n")}`);
}

/**
 * Builds a Go program once: `files` (go.mod, main.go, …) by name, or a package of a module named in go.mod.
 * @returns {Promise<string>} the binary
 */
export async function buildGoProgram({ name, version, cacheFolder, files, target = "." }) {
  const binary = join(cacheFolder, `${name}-${version}`);
  if (existsSync(binary)) return binary;
  const go = findCommand("go") ?? [USUAL_GO].find(existsSync);
  if (!go) throw new SetUpError(`${name} is built from its Go module, but there is no Go: ${INSTALL_GO}`);
  mkdirSync(cacheFolder, { recursive: true });
  const folder = mkdtempSync(join(cacheFolder, "build-"));
  try {
    for (const [file, content] of Object.entries(files)) writeFileSync(join(folder, file), content);
    await installStep(`fetching ${name}'s Go modules`, go, ["mod", "tidy"], { cwd: folder });
    await installStep(`building ${name}`, go, ["build", "-trimpath", "-o", "program", target], {
      cwd: folder,
    });
    renameSync(join(folder, "program"), binary);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
  return binary;
}
