import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { dockerSocket } from "../runtime/containers/choose-containers.ts";
import { baseImages } from "../scripts/base-images.mjs";
import { openDockerEngine } from "../scripts/docker-engine.mjs";
import { stateFolder } from "../scripts/project.mjs";

/** A Docker Engine with a small image that has a shell. */
export interface EngineWithImage {
  /** What `docker` needs in its environment. */
  environment: Record<string, string>;
  /** Where it answers. */
  socket: string;
  /** Known to the engine by this name. */
  image: string;
  stop(): Promise<void>;
}

/** The engine that runs, else one of our own, which the caller stops. */
export async function openEngineWithImage(): Promise<EngineWithImage> {
  const insecureRegistries = (process.env.SKYLOOM_INSECURE_REGISTRIES ?? "").split(",").filter(Boolean);
  // Not that of `npm run image`, which tests of a cluster make meanwhile.
  const engine = await openDockerEngine({ folder: join(stateFolder, "test-docker"), insecureRegistries });
  try {
    const { BASE_IMAGE: image } = await baseImages(engine.environment);
    const environment = engine.environment as Record<string, string>;
    const socket = dockerSocket({ ...process.env, ...environment });
    if (socket === undefined) throw new Error("DOCKER_HOST must be a socket: unix:///…");
    return { environment, socket, image, stop: engine.stop };
  } catch (error) {
    await engine.stop();
    throw error;
  }
}

/** @returns `REPOSITORY@sha256:…` of an image with a shell, pushed to a registry that a cluster pulls from */
export async function pushShellImage(repository: string): Promise<string> {
  const engine = await openEngineWithImage();
  const docker = (...args: string[]) => {
    const env = { ...process.env, ...engine.environment };
    const { status, stdout, stderr } = spawnSync("docker", args, { env, encoding: "utf8" });
    if (status !== 0) throw new Error(`docker ${args[0]} failed: ${stderr.trim()}`);
    return stdout.trim();
  };
  try {
    const tag = `${repository}:test`;
    docker("tag", engine.image, tag);
    docker("push", tag);
    const digests: string[] = JSON.parse(
      docker("image", "inspect", "--format", "{{json .RepoDigests}}", tag),
    );
    const pushed = digests.find((digest) => digest.startsWith(`${repository}@`));
    if (pushed === undefined) throw new Error(`${tag} has no digest: ${digests.join(", ")}`);
    return pushed;
  } finally {
    await engine.stop();
  }
}
