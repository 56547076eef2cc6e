import { eksBenchmark } from "../benchmarks.ts";
import { shown } from "../property-path.ts";
import type { ResourceRule } from "../rule.ts";
import { checkContainers, podTypes } from "./pods.ts";

export const imageRequireDigest: ResourceRule = {
  name: "image-require-digest",
  description: "An image is named by its digest, so that what was tested is what runs.",
  severity: "medium",
  framework: eksBenchmark("5.1.4"),
  remediationSteps: "Name the image as REPOSITORY@sha256:….",
  types: podTypes,
  check(resource, report) {
    checkContainers(resource, ({ path, container }) => {
      if (!/@sha256:[0-9a-f]{64}$/.test(String(container.image)))
        report(`${path}image is ${shown(container.image)}`);
    });
  },
};
