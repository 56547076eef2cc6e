import { shown, valueAt } from "../property-path.ts";
import type { ResourceRule } from "../rule.ts";
import { checkContainers, podTypes } from "./pods.ts";

const property = "securityContext.readOnlyRootFilesystem";

export const podRequireReadOnlyRoot: ResourceRule = {
  name: "pod-require-read-only-root",
  description: "A container writes nothing into its own image.",
  severity: "medium",
  remediationSteps: "Set securityContext.readOnlyRootFilesystem to true; mount an emptyDir where it writes.",
  types: podTypes,
  check(resource, report) {
    checkContainers(resource, ({ path, container }) => {
      const value = valueAt(container, property);
      if (value !== true) report(`${path}${property} is ${shown(value)}: set it to true`);
    });
  },
};
