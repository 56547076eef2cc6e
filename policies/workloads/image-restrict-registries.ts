import type { ResourceRule } from "../rule.ts";
import { checkContainers, podTypes } from "./pods.ts";

export const imageRestrictRegistries: ResourceRule = {
  name: "image-restrict-registries",
  description: "Images come from registries that are allowed.",
  severity: "high",
  remediationSteps: "Copy the image to an allowed registry, or add its registry to allowedRegistries.",
  settings: ["allowedRegistries"],
  types: podTypes,
  check(resource, report) {
    const allowed = resource.settings.allowedRegistries;
    if (allowed === undefined) return;
    checkContainers(resource, ({ path, container }) => {
      const image = wholeName(String(container.image));
      if (!allowed.some((registry) => image.startsWith(`${registry.replace(/\/$/, "")}/`)))
        report(`${path}image is ${container.image}, allowed are images of ${allowed.join(", ")}`);
    });
  },
};

/** Docker's short names: `nginx` is docker.io/library/nginx. */
function wholeName(image: string): string {
  const [first = "", ...rest] = image.split("/");
  if (rest.length === 0) return `docker.io/library/${image}`;
  return /[.:]|^localhost$/.test(first) ? image : `docker.io/${image}`;
}
