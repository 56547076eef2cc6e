import { CannotRun } from "../output.ts";
import { pulumi, type ResourceState } from "../pulumi.ts";
import type { Target } from "../target.ts";

/** How the stack itself reaches its cluster. */
export interface StackAccess {
  /** Its text, or the path of a file. */
  kubeconfig: string;
  /** Default: the kubeconfig's current one. */
  context?: string;
}

const isKubernetes = ({ type }: ResourceState) => type.startsWith("kubernetes:");

/** Whether the stack has put objects into a cluster. */
export function hasObjects(resources: readonly ResourceState[]): boolean {
  return resources.some(isKubernetes);
}

/**
 * A cluster that the stack made is told by its outputs; one that was there is reached by a file of the user's own, which
 * the stack's Kubernetes provider names.
 * @throws CannotRun where the stack has no cluster.
 */
export async function stackAccess(target: Target, resources: readonly ResourceState[]): Promise<StackAccess> {
  const provider = resources.find(({ type }) => type === "pulumi:providers:kubernetes");
  if (provider === undefined) throw new CannotRun(`stack ${target.stack} has no Kubernetes cluster`);
  const { kubeconfig, context } = provider.inputs ?? {};
  if (typeof kubeconfig === "string") return { kubeconfig, ...(typeof context === "string" && { context }) };
  const args = ["stack", "output", "kubeconfig", "--show-secrets", "--stack", target.stack];
  return { kubeconfig: (await pulumi(target, args)).stdout };
}
