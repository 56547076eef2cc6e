import { ResourceGroup } from "@pulumi/azure-native/resources/resourceGroup.js";
import type { ComponentResource, Output, ResourceOptions, ResourceTransformation } from "@pulumi/pulumi";
import type { CloudSettings } from "../../cloud-settings.ts";
import { Foundation } from "../../foundation.ts";
import { type AzureNames, azureNames } from "./names.ts";
import type { AzurePlan } from "./preflight.ts";

/**
 * The SDK gives a resource an alias for each version of Azure's interface, up to a hundred, and registering them takes
 * a quarter of the program's time. Only a program that asks for a version has such a type in its state; this one never
 * did. Aliases of other types stay: a later SDK may move one.
 */
const withoutVersionAliases: ResourceTransformation = ({ props, opts }) => {
  const aliases = (opts.aliases ?? []).filter((alias) => !/\/v\d{8}[a-z]*:/.test(typeOf(alias)));
  return { props, opts: { ...opts, aliases } };
};

function typeOf(alias: NonNullable<ResourceOptions["aliases"]>[number]): string {
  return typeof alias === "object" && "type" in alias && typeof alias.type === "string" ? alias.type : "";
}

/** What every step of building the cloud needs to know. */
export interface AzureContext extends AzurePlan {
  settings: CloudSettings;
  names: AzureNames;
  production: boolean;
  parent: ComponentResource;
  /** Options of what holds data, and of its settings: a destroy may have to leave them. */
  dataOptions: { parent: ComponentResource; retainOnDelete: boolean };
  group: ResourceGroup;
  /** Object ids by workload: Azure gives roles to those, while pods name themselves by client ids. */
  principalIds: Map<string, Output<string>>;
  /** For resources that live in a resource group. */
  inGroup: { resourceGroupName: Output<string> };
  /** For resources that live in a resource group and a region and carry tags. */
  placed: { resourceGroupName: Output<string>; location: string; tags: Record<string, string> };
}

export function createFoundation(settings: CloudSettings, plan: AzurePlan): AzureContext {
  const names = azureNames(plan.account.subscriptionId, settings.stack);
  const production = settings.environment === "production";
  const parent = new Foundation("azure", settings, { transformations: [withoutVersionAliases] });
  const dataOptions = { parent, retainOnDelete: settings.retainData };
  const tags = { ...settings.tags };
  const group = new ResourceGroup(
    "group",
    { resourceGroupName: names.group, location: plan.region, tags },
    // Deleting a resource group deletes whatever is in it.
    { ...dataOptions, protect: settings.deletionProtection },
  );
  const inGroup = { resourceGroupName: group.name };
  const placed = { ...inGroup, location: plan.region, tags };
  return {
    ...plan,
    settings,
    names,
    production,
    parent,
    dataOptions,
    group,
    principalIds: new Map(),
    inGroup,
    placed,
  };
}

/** The id of a resource in the stack's resource group, known before the resource exists. */
export function resourceId(
  { account, names }: Pick<AzureContext, "account" | "names">,
  path: string,
): string {
  return `/subscriptions/${account.subscriptionId}/resourceGroups/${names.group}/providers/${path}`;
}
