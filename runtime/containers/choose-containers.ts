import { existsSync } from "node:fs";
import { createDockerApi } from "./docker/docker-api.ts";

/** Where the containers of tasks run; `none`: nowhere. */
export const containerBackEnds = ["kubernetes", "docker", "process", "none"] as const;
export type ContainerBackEnd = (typeof containerBackEnds)[number];

export interface Surroundings {
  environment: Record<string, string | undefined>;
  exists(file: string): boolean;
  /** Whether a Docker Engine answers there. */
  answers(socket: string): Promise<boolean>;
}

/** What a pod gets that may talk to its cluster. */
const tokenFile = "/var/run/secrets/kubernetes.io/serviceaccount/token";

/**
 * In a cluster its Jobs, elsewhere Docker where it runs, else processes. A pod that may not talk to its cluster runs none:
 * what a task's container does has no place beside the runtime.
 */
export async function chooseContainers(surroundings: Surroundings): Promise<ContainerBackEnd> {
  const { environment, exists, answers } = surroundings;
  if (environment.KUBERNETES_SERVICE_HOST !== undefined) return exists(tokenFile) ? "kubernetes" : "none";
  const socket = dockerSocket(environment);
  return socket !== undefined && exists(socket) && (await answers(socket)) ? "docker" : "process";
}

/** Undefined where DOCKER_HOST names something other than a socket of this machine. */
export function dockerSocket({ DOCKER_HOST: host }: Record<string, string | undefined>): string | undefined {
  if (host === undefined || host === "") return "/var/run/docker.sock";
  return host.startsWith("unix://") ? host.slice("unix://".length) : undefined;
}

/** This process's. */
export const surroundings: Surroundings = {
  environment: process.env,
  exists: existsSync,
  async answers(socket) {
    const api = createDockerApi(socket);
    try {
      await api.stream("GET", "/_ping", { signal: AbortSignal.timeout(2000) });
      return true;
    } catch {
      return false;
    } finally {
      await api.close();
    }
  },
};
