import { ComponentResource } from "@pulumi/pulumi";
import type { CloudSettings } from "../../cloud-settings.ts";
import { type GcpNames, gcpLabels, gcpNames } from "./names.ts";
import type { GcpPlan } from "./preflight.ts";

/** skyloom:gcp:Foundation: parent of everything that a stack has at Google Cloud. */
class Foundation extends ComponentResource {
  constructor(settings: CloudSettings) {
    super(
      "skyloom:gcp:Foundation",
      "foundation",
      {},
      settings.transform === undefined ? {} : { transforms: [settings.transform] },
    );
  }
}

/** What every step of building the cloud needs to know. */
export interface GcpContext extends GcpPlan {
  settings: CloudSettings;
  names: GcpNames;
  labels: Record<string, string>;
  production: boolean;
  parent: ComponentResource;
  /** Options of what holds data, and of its settings: a destroy may have to leave them. */
  dataOptions: { parent: ComponentResource; retainOnDelete: boolean };
}

export function createFoundation(settings: CloudSettings, plan: GcpPlan): GcpContext {
  const parent = new Foundation(settings);
  return {
    ...plan,
    settings,
    names: gcpNames(plan.project.id, settings.stack),
    labels: gcpLabels(settings.tags),
    production: settings.environment === "production",
    parent,
    dataOptions: { parent, retainOnDelete: settings.retainData },
  };
}
