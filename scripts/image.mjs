// `npm run image -- [--variant cpu|cuda|training] [--push REPOSITORY] [--save FILE] [--json]`: builds the runtime's image,
// starts it as a cluster would (not as root, nothing writable but /tmp), asks whether it is ready, and prints size and digest.
import { spawn, spawnSync } from "node:child_process";
import { join } from "node:path";
import { pipeline } from "node:stream/promises";
import { setTimeout as sleepMilliseconds } from "node:timers/promises";
import { parseArgs } from "node:util";
import { createGzip } from "node:zlib";
import { baseImages } from "./base-images.mjs";
import { openDockerEngine } from "./docker-engine.mjs";
import { freePort } from "./emulators/emulator.mjs";
import { runWithProgress } from "./progress.mjs";
import { projectFolder, stateFolder } from "./project.mjs";
import { SetUpError } from "./pulumi-cli.mjs";

const VARIANTS = ["cpu", "cuda", "training"];
const READY_SECONDS = 60;

const { values } = readArguments();
const name = `skyloom/runtime:${values.variant}`;

function readArguments() {
  const options = {
    variant: { type: "string", default: "cpu" },
    push: { type: "string" },
    save: { type: "string" },
    json: { type: "boolean", default: false },
    help: { type: "boolean", default: false },
  };
  const usage = `usage: npm run image -- [--variant ${VARIANTS.join("|")}] [--push REPOSITORY] [--save FILE.tar] [--json]`;
  try {
    const parsed = parseArgs({ options });
    if (parsed.values.help) {
      console.log(usage);
      process.exit(0);
    }
    if (VARIANTS.includes(parsed.values.variant)) return parsed;
    console.error(
      `--variant must be one of ${VARIANTS.join(", ")}, not "${parsed.values.variant}"\n${usage}`,
    );
  } catch (error) {
    console.error(`${error.message}\n${usage}`);
  }
  process.exit(2);
}

async function makeImage(environment) {
  // Without the client's part of BuildKit the engine's older builder does; it makes every stage up to the wanted one.
  const hasBuildKit = spawnSync("docker", ["buildx", "version"]).status === 0;
  const env = { ...process.env, ...environment, DOCKER_BUILDKIT: hasBuildKit ? "1" : "0" };
  const docker = (...args) => {
    const { status, stdout, stderr } = spawnSync("docker", args, {
      env,
      encoding: "utf8",
      maxBuffer: 64 * 1024 ** 2,
    });
    if (status !== 0) throw new SetUpError(`docker ${args[0]} failed: ${stderr.trim()}`);
    return stdout.trim();
  };
  await build(env, await baseImages(environment));
  const readySeconds = values.variant === "cpu" ? await startAndAsk(docker, env) : undefined;
  const [{ Size: size, Id: id }] = JSON.parse(docker("image", "inspect", name));
  const compressed = await compressedSize(env);
  if (values.save !== undefined) docker("save", "--output", values.save, name);
  const pushed = values.push === undefined ? undefined : await push(docker, values.push, id);
  return { name, id, bytes: size, compressedBytes: compressed, readySeconds, pushed };
}

async function build(env, bases) {
  const revision = spawnSync("git", ["rev-parse", "HEAD"], {
    cwd: projectFolder,
    encoding: "utf8",
  }).stdout.trim();
  const buildArguments = Object.entries({ ...bases, REVISION: revision || "unknown" });
  const args = [
    ["build", "--network", "host"],
    ["--file", "runtime/Dockerfile", "--target", values.variant, "--tag", name],
    ...buildArguments.map(([key, value]) => ["--build-arg", `${key}=${value}`]),
    ["."],
  ].flat();
  const { ok, output } = await runWithProgress(`building ${name}`, "docker", args, {
    cwd: projectFolder,
    env,
  });
  if (!ok) throw new SetUpError(`the image could not be built:\n${output.trim().slice(-4000)}`);
}

/** @returns seconds from its start until it was ready for inferences */
async function startAndAsk(docker, env) {
  const port = await freePort();
  const variables = {
    SKYLOOM_PORT: port,
    SKYLOOM_BUCKET: "file:///tmp/bucket",
    SKYLOOM_QUEUE: "sqlite:///tmp/queue.db",
    SKYLOOM_WORKFLOW_PORT: await freePort(),
  };
  const settings = Object.entries(variables).flatMap(([key, value]) => ["--env", `${key}=${value}`]);
  const limits = ["--read-only", "--tmpfs", "/tmp", "--cap-drop", "ALL", "--network", "host"];
  const started = Date.now();
  const container = docker(
    "run",
    "--detach",
    ...limits,
    "--security-opt",
    "no-new-privileges",
    ...settings,
    name,
  );
  try {
    while (!(await isReady(port))) {
      if (
        Date.now() - started > READY_SECONDS * 1000 ||
        docker("inspect", "-f", "{{.State.Running}}", container) !== "true"
      ) {
        const { stdout, stderr } = spawnSync("docker", ["logs", container], { env, encoding: "utf8" });
        throw new SetUpError(`the image does not get ready:\n${(stdout + stderr).trim().slice(-2000)}`);
      }
      await sleepMilliseconds(100);
    }
    return (Date.now() - started) / 1000;
  } finally {
    docker("rm", "--force", container);
  }
}

async function isReady(port) {
  try {
    return (await fetch(`http://127.0.0.1:${port}/v2/health/ready`)).ok;
  } catch {
    return false;
  }
}

/** What a pull transfers, but for the layers' headers. */
async function compressedSize(env) {
  const save = spawn("docker", ["save", name], { env, stdio: ["ignore", "pipe", "inherit"] });
  let bytes = 0;
  await pipeline(save.stdout, createGzip({ level: 6 }), async (chunks) => {
    for await (const chunk of chunks) bytes += chunk.length;
  });
  return bytes;
}

/** Under its own id as tag, so that no tag ever moves. @returns repository@sha256:… */
async function push(docker, repository, id) {
  const tag = `${repository}:${id.slice("sha256:".length, "sha256:".length + 12)}`;
  docker("tag", name, tag);
  docker("push", tag);
  const digests = JSON.parse(docker("image", "inspect", "--format", "{{json .RepoDigests}}", tag));
  return digests.find((digest) => digest.startsWith(`${repository}@`));
}

const megabytes = (bytes) => `${Math.round(bytes / 1e6)} MB`;

try {
  const insecureRegistries = (process.env.SKYLOOM_INSECURE_REGISTRIES ?? "").split(",").filter(Boolean);
  const engine = await openDockerEngine({ folder: join(stateFolder, "docker"), insecureRegistries });
  try {
    const image = await makeImage(engine.environment);
    if (values.json) console.log(JSON.stringify(image));
    else {
      console.log(`${image.name}  ${megabytes(image.bytes)}, compressed ${megabytes(image.compressedBytes)}`);
      console.log(`  id      ${image.id}`);
      if (image.readySeconds !== undefined)
        console.log(`  ready   ${image.readySeconds.toFixed(1)} s after its start`);
      if (image.pushed) console.log(`  pushed  ${image.pushed}`);
    }
  } finally {
    await engine.stop();
  }
} catch (error) {
  if (!(error instanceof SetUpError)) throw error;
  console.error(error.message);
  process.exit(2);
}
