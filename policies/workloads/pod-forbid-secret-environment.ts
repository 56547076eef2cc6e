import { eksBenchmark } from "../benchmarks.ts";
import { listOf } from "../property-path.ts";
import type { ResourceRule } from "../rule.ts";
import { checkEach } from "../unknown-values.ts";
import { checkContainers, podTypes } from "./pods.ts";

/** Single variables from a secret, or all of a secret at once. */
export const podForbidSecretEnvironment: ResourceRule = {
  name: "pod-forbid-secret-environment",
  description:
    "Secrets come as files, not in the environment, which child processes and crash reports get too.",
  severity: "medium",
  framework: eksBenchmark("4.4.1"),
  remediationSteps: "Mount the secret as a volume, and give the program the file's name.",
  types: podTypes,
  check(resource, report) {
    checkContainers(resource, ({ path, container }) => {
      checkEach(listOf(container.env), ({ name, valueFrom }) => {
        if (valueFrom?.secretKeyRef) report(`${path}env has ${name} from a secret`);
      });
      checkEach(listOf(container.envFrom), ({ secretRef }) => {
        if (secretRef) report(`${path}envFrom has the secret ${secretRef.name}`);
      });
    });
  },
};
