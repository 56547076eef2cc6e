import { listOf, shown, valueAt } from "../property-path.ts";
import type { Properties, ResourceRule } from "../rule.ts";
import { checkContainers, podTypes } from "./pods.ts";

const resourceName = "nvidia.com/gpu";

/** Kubernetes counts GPUs by their limit; the container runtime gives all to whoever asks in the environment. */
export const gpuRequireLimits: ResourceRule = {
  name: "gpu-require-limits",
  description: "A container that uses GPUs asks for them as a limit, so that no two use the same one unseen.",
  severity: "medium",
  remediationSteps: `Set resources.limits["${resourceName}"], and remove NVIDIA_VISIBLE_DEVICES.`,
  types: podTypes,
  check(resource, report) {
    checkContainers(resource, ({ path, container }) => {
      const limit = (valueAt(container, "resources.limits") as Properties | undefined)?.[resourceName];
      const request = (valueAt(container, "resources.requests") as Properties | undefined)?.[resourceName];
      if (request !== undefined && String(request) !== String(limit))
        report(`${path}resources.limits["${resourceName}"] is ${shown(limit)}, requested are ${request}`);
      if (limit === undefined && seesAll(container))
        report(`${path}env has NVIDIA_VISIBLE_DEVICES without a limit`);
    });
  },
};

function seesAll(container: Properties): boolean {
  // Values of other variables may be unknown yet.
  const variable = listOf(container.env).find((each) => each.name === "NVIDIA_VISIBLE_DEVICES");
  return variable !== undefined && variable.value !== "void" && variable.value !== "none";
}
