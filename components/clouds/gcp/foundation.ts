import type { ComponentResource } from "@pulumi/pulumi";
import type { CloudSettings } from "../../cloud-settings.ts";
import { Foundation } from "../../foundation.ts";
import { type GcpNames, gcpLabels, gcpNames } from "./names.ts";
import type { GcpPlan } from "./preflight.ts";

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
  const parent = new Foundation("gcp", settings);
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
