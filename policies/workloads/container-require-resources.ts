import { valueAt } from "../property-path.ts";
import type { ResourceRule } from "../rule.ts";
import { checkEach } from "../unknown-values.ts";
import { checkContainers, podTypes } from "./pods.ts";

/** Of the container, or of the pod for all. No limit of CPU is asked for: it slows down, where memory kills. */
const wanted = ["requests.cpu", "requests.memory", "limits.memory"];

export const containerRequireResources: ResourceRule = {
  name: "container-require-resources",
  description: "A container says how much CPU and memory it needs, and how much memory it may take.",
  severity: "medium",
  remediationSteps: "Set resources.requests.cpu, resources.requests.memory and resources.limits.memory.",
  types: podTypes,
  check(resource, report) {
    checkContainers(resource, ({ path, container, pod }) => {
      // A container for debugging cannot have any.
      if (path.includes("ephemeralContainers")) return;
      checkEach(wanted, (name) => {
        if (!valueAt(container, `resources.${name}`) && !valueAt(pod, `resources.${name}`))
          report(`${path}resources.${name} is missing`);
      });
    });
  },
};
