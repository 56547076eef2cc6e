import type { NodePool } from "../capacity/node-pools.ts";
import { ApiError } from "../errors.ts";
import { digestOf } from "./attempt-name.ts";
import { type ContainerBackEnd, chooseContainers, dockerSocket, surroundings } from "./choose-containers.ts";
import { finalError } from "./container-errors.ts";
import type { ContainerRunner } from "./container-runner.ts";

export interface ContainerSettings {
  /** Default: as choose-containers.ts says. */
  containers?: ContainerBackEnd | undefined;
  /** URL of the bucket: runtimes with the same one know each other's containers. */
  bucket: string;
  /** Of Jobs. Default: that of the runtime's pod, or of the kubeconfig's context. */
  containerNamespace?: string | undefined;
  /** A LocalQueue of Kueue that Jobs wait in. Default: none. */
  containerQueue?: string | undefined;
  /** Docker's network of containers. Default: `bridge`. */
  containerNetwork?: string | undefined;
  nodePools?: NodePool[] | undefined;
}

/**
 * Opens what runs the containers of tasks; only the back end that is chosen is loaded.
 * @throws ApiError `invalid-configuration` where that is one that cannot be reached from here
 */
export async function createContainerRunner(settings: ContainerSettings): Promise<ContainerRunner> {
  const owner = digestOf(settings.bucket);
  switch (settings.containers ?? (await chooseContainers(surroundings))) {
    case "kubernetes": {
      const { openCluster } = await import("./kubernetes/open-cluster.ts");
      const { createKubernetesRunner } = await import("./kubernetes/kubernetes-runner.ts");
      return createKubernetesRunner({
        ...openCluster(settings.containerNamespace),
        owner,
        pools: settings.nodePools ?? [],
        queue: settings.containerQueue,
      });
    }
    case "docker": {
      const socket = dockerSocket(process.env);
      if (socket === undefined)
        throw new ApiError("DOCKER_HOST: must be the socket of a Docker Engine of this machine: unix:///…", {
          status: 500,
          code: "invalid-configuration",
        });
      const { createDockerApi } = await import("./docker/docker-api.ts");
      const { createDockerRunner } = await import("./docker/docker-runner.ts");
      return createDockerRunner({
        api: createDockerApi(socket),
        owner,
        network: settings.containerNetwork ?? "bridge",
      });
    }
    case "process": {
      const { createProcessRunner } = await import("./process/process-runner.ts");
      return createProcessRunner();
    }
    case "none":
      return {
        name: "none",
        async run() {
          throw finalError(
            "containers-off",
            "this runtime runs no containers: set SKYLOOM_CONTAINERS to kubernetes, docker or process, or skyloom:containers of the stack",
          );
        },
        removeLeftovers: async () => 0,
        close: async () => undefined,
      };
  }
}
