import { CannotRun, type Output } from "../output.ts";
import type { ResourceState } from "../pulumi.ts";
import type { Target } from "../target.ts";
import type { HangingObject } from "./hanging-objects.ts";
import { releaseCluster } from "./release-cluster.ts";
import { hasObjects, stackAccess } from "./stack-access.ts";

/** A cloud takes minutes to remove a load balancer, and a node has to be drained. */
const SECONDS = 900;
const SECONDS_BETWEEN = 5;

/** What may stay in a cloud when a cluster is deleted as it is. */
const MAY_STAY =
  "load balancers with their addresses and security groups, disks of volume claims, snapshots, nodes made by controllers";

export interface ReleaseStackOptions {
  /** Go on with the destroy, whatever hangs on the cluster. */
  leaveHanging: boolean;
}

/**
 * Has the stack's cluster give back what its controllers made in the cloud, for no one else can any more once it is
 * gone. Nothing to do where the state holds no cluster with objects in it.
 * @throws CannotRun before anything of the cloud was changed.
 */
export async function releaseStack(
  target: Target,
  resources: readonly ResourceState[],
  { leaveHanging }: ReleaseStackOptions,
  output: Output,
): Promise<void> {
  if (!hasObjects(resources)) return;
  let stuck: HangingObject[];
  try {
    stuck = await release(target, resources, output);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    const what = `the cluster's API server cannot be asked what hangs on it (${reason}); these may stay in the cloud: ${MAY_STAY}`;
    if (!leaveHanging) throw new CannotRun(`${what}.\n${howToGoOn(target)}`);
    output.line(`${what}; going on, as --leave-hanging says`);
    return;
  }
  if (stuck.length === 0) return;
  const what = `these did not go in ${SECONDS / 60} minutes, and what they own may stay in the cloud:\n${stuck.map(describe).join("\n")}`;
  if (!leaveHanging) throw new CannotRun(`${what}\n${howToGoOn(target)}`);
  output.line(`${what}\ngoing on, as --leave-hanging says`);
}

async function release(
  target: Target,
  resources: readonly ResourceState[],
  output: Output,
): Promise<HangingObject[]> {
  const { kubeconfig } = await stackAccess(target, resources);
  // Loaded here, so that other commands do not wait for it.
  const { createClusterObjects } = await import("./create-cluster-objects.ts");
  const cluster = createClusterObjects(kubeconfig);
  return await releaseCluster(cluster, {
    seconds: SECONDS,
    now: () => performance.now(),
    pause: () => new Promise((resolve) => setTimeout(resolve, SECONDS_BETWEEN * 1000)),
    onWait: (waiting) =>
      output.line(`waiting for ${waiting.length} objects of the cluster: ${summary(waiting)}`),
  });
}

function summary(waiting: HangingObject[]): string {
  const names = waiting.map(
    ({ kind, namespace, name }) => `${kind} ${namespace ? `${namespace}/` : ""}${name}`,
  );
  return names.length > 5 ? `${names.slice(0, 5).join(", ")} and others` : names.join(", ");
}

function describe({ kind, namespace, name, owns, finalizers }: HangingObject): string {
  const waits = finalizers.length === 0 ? "" : `; waits for ${finalizers.join(", ")}`;
  return `  ${kind} ${namespace ? `${namespace}/` : ""}${name} (${owns}${waits})`;
}

function howToGoOn({ stack }: Target): string {
  return [
    "Nothing of the cloud was changed. Make the cluster reachable and try again (skyloom:publicEndpoint, or a way into its network),",
    `or leave them: npm run destroy -- -s ${stack} --leave-hanging, which lists by tag what stayed and what it costs.`,
  ].join("\n");
}
