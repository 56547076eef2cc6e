import { ProviderError } from "../provider-error.ts";
import { isProperties, type Properties, textAt } from "../values.ts";
import type { InvokeContext } from "./invoke.ts";

const NODE_GROUP = "aws:eks/nodeGroup:NodeGroup";

export function nodeGroups({ inputs, store }: InvokeContext): Properties {
  const clusterName = textAt(inputs, "clusterName") ?? "";
  if (!store.get("aws:eks/cluster:Cluster", clusterName))
    throw new ProviderError(
      "not-found",
      `listing EKS Node Groups: operation error EKS: ListNodegroups, https response error StatusCode: 404, ResourceNotFoundException: No cluster found for name: ${clusterName}.`,
    );
  const names = store
    .list(NODE_GROUP)
    .filter(({ outputs }) => textAt(outputs, "clusterName") === clusterName)
    .map(({ outputs }) => textAt(outputs, "nodeGroupName") ?? "");
  return { id: clusterName, clusterName, names };
}

export function nodeGroup({ inputs, store }: InvokeContext): Properties {
  const clusterName = textAt(inputs, "clusterName") ?? "";
  const name = textAt(inputs, "nodeGroupName") ?? "";
  const id = `${clusterName}:${name}`;
  const found = store.get(NODE_GROUP, id);
  if (!found) throw new ProviderError("not-found", `reading EKS Node Group (${id}): couldn't find resource`);
  const { scalingConfig, labels, taints, launchTemplate, tags, ...outputs } = found.outputs;
  return {
    ...outputs,
    id,
    labels: labels ?? {},
    tags: tags ?? {},
    taints: taints ?? [],
    scalingConfigs: isProperties(scalingConfig) ? [scalingConfig] : [],
    launchTemplates: isProperties(launchTemplate) ? [launchTemplate] : [],
    remoteAccesses: [],
  };
}
