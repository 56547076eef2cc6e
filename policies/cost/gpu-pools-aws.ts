import type { PolicyResource } from "@pulumi/policy";
import { listOf, valueAt } from "../property-path.ts";
import type { CheckedStack, Properties } from "../rule.ts";
import { namedBy } from "../stack/related.ts";
import { unknownValue } from "../unknown-values.ts";
import { acceleratorOf } from "./accelerators.ts";
import type { GpuPool } from "./gpu-pools.ts";

/** The machine type stands in the node group, or in its launch template. */
export function amazonPools(group: PolicyResource, stack: CheckedStack): GpuPool[] {
  const asked = stack.asked(group);
  const templates = templatesOf(group, stack);
  const types = [
    ...listOf(asked.instanceTypes),
    ...templates.flatMap(({ instanceType }) => listOf(instanceType)),
  ];
  const accelerator = types.map((type) => acceleratorOf(type)).find((name) => name !== undefined);
  if (accelerator === undefined && !/NVIDIA|GPU|NEURON/.test(String(asked.amiType))) return [];
  return [
    {
      label: `node group ${group.name}`,
      accelerator: accelerator ?? String(asked.amiType),
      minimum: asked.scalingConfig?.minSize,
      maximum: asked.scalingConfig?.maxSize,
      spot: asked.capacityType === "SPOT",
      reserved:
        asked.capacityType === "CAPACITY_BLOCK" ||
        templates.some((each) => valueAt(each, "capacityReservationSpecification.capacityReservationTarget")),
    },
  ];
}

function templatesOf(group: PolicyResource, stack: CheckedStack): Properties[] {
  const templates = stack.all("aws:ec2/launchTemplate:LaunchTemplate");
  const byId = namedBy(stack, group, { path: "launchTemplate.id", outputs: ["id"] }, templates);
  const byName = namedBy(stack, group, { path: "launchTemplate.name", outputs: ["name"] }, templates);
  if ([...byId.open, ...byName.open].length > 0) throw unknownValue("launchTemplate");
  return [...new Set([...byId.found, ...byName.found])].map((template) => stack.asked(template));
}
