import { digestOf, ownerLabel } from "../containers/attempt-name.ts";
import { chooseContainers, surroundings } from "../containers/choose-containers.ts";
import type { ContainerSettings } from "../containers/create-container-runner.ts";
import type { CapacitySource } from "./capacity-source.ts";

/** What tasks share: the cluster where their containers run in one, else this machine. */
export async function createCapacitySource(settings: ContainerSettings): Promise<CapacitySource> {
  if ((settings.containers ?? (await chooseContainers(surroundings))) !== "kubernetes") {
    const { createMachineCapacity } = await import("./machine-capacity.ts");
    return createMachineCapacity();
  }
  const { openCluster } = await import("../containers/kubernetes/open-cluster.ts");
  const { createKubernetesCapacity } = await import("./kubernetes-capacity.ts");
  const { core: api, namespace } = openCluster(settings.containerNamespace);
  const owner = digestOf(settings.bucket);
  return createKubernetesCapacity({
    api,
    namespace,
    pools: settings.nodePools ?? [],
    isOwn: ({ metadata }) => metadata?.labels?.[ownerLabel] === owner,
  });
}
