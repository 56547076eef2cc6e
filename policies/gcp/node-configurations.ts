import { listOf } from "../property-path.ts";
import type { Properties, ResourceRule } from "../rule.ts";
import { checkEach } from "../unknown-values.ts";
import { gkeCluster, nodePool } from "./types.ts";

/** Nodes are configured in a pool of its own, in the cluster's list of pools, or in the cluster for its first pool. */
export const nodeTypes: ResourceRule["types"] = [gkeCluster, nodePool];

interface NodeConfiguration {
  /** Before the name of a property in messages. */
  path: string;
  /** Empty where none is given. */
  configuration: Properties;
}

/** Checks the configuration of nodes wherever this resource has one. Autopilot has none that anybody could set. */
export function checkNodes(
  type: string,
  props: Properties,
  check: (configuration: NodeConfiguration) => void,
): void {
  if (props.enableAutopilot === true) return;
  const places: [string, () => Properties][] =
    type === nodePool ? [["nodeConfig.", () => props.nodeConfig ?? {}]] : clusterPlaces(props);
  checkEach(places, ([path, configuration]) => check({ path, configuration: configuration() }));
}

/** The first pool counts only where it stays. */
function clusterPlaces(props: Properties): [string, () => Properties][] {
  const pools = listOf(props.nodePools).map((_, index): [string, () => Properties] => [
    `nodePools[${index}].nodeConfig.`,
    () => props.nodePools[index].nodeConfig ?? {},
  ]);
  const staysFirst = props.removeDefaultNodePool !== true && pools.length === 0;
  return staysFirst ? [["nodeConfig.", () => props.nodeConfig ?? {}]] : pools;
}
