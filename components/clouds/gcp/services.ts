import { Service } from "@pulumi/gcp/projects/service.js";
import type { Resource } from "@pulumi/pulumi";
import type { GcpContext } from "./foundation.ts";

const always = [
  "artifactregistry",
  "cloudquotas",
  "compute",
  "container",
  "containerscanning",
  "containersecurity",
  "iam",
  "iamcredentials",
  "logging",
  "monitoring",
  "pubsub",
  "secretmanager",
  "storage",
] as const;
const inProduction = ["binaryauthorization", "cloudkms"] as const;
const withBudget = ["billingbudgets"] as const;

type ServiceName = (typeof always)[number] | (typeof inProduction)[number] | (typeof withBudget)[number];

/** The enabled interface of that name, e.g. `pubsub`, to depend on. */
export type EnabledServices = (name: ServiceName) => Resource;

/**
 * Switches on the interfaces of the project that the stack uses. They stay on when the stack is destroyed: others in the
 * project may use them, and switching one off deletes what was made with it.
 */
export function enableServices({ settings, production, project, parent }: GcpContext): EnabledServices {
  const needed = [
    ...always,
    ...(production ? inProduction : []),
    ...(settings.budget === undefined ? [] : withBudget),
  ];
  const enabled = new Map<ServiceName, Resource>(
    needed.map((name) => [
      name,
      new Service(
        `service-${name}`,
        { project: project.id, service: `${name}.googleapis.com`, disableOnDestroy: false },
        { parent },
      ),
    ]),
  );
  return (name) => {
    const service = enabled.get(name);
    if (service === undefined) throw new Error(`the interface ${name} is not among those of this stack`);
    return service;
  };
}
