import { Registry as ContainerRegistry } from "@pulumi/azure-native/containerregistry/registry.js";
import { interpolate, type Output, output, secret } from "@pulumi/pulumi";
import { buildRuntimeImage } from "../../build-runtime-image.ts";
import type { Registry } from "../../cloud.ts";
import type { AzureContext } from "./foundation.ts";
import type { AzureLogs } from "./logs.ts";
import { logInToRegistry } from "./registry-login.ts";
import { registrySkus, registryTier } from "./registry-tier.ts";

export interface AzureRegistry extends Registry {
  /** For grants to those who pull from it. */
  resource: ContainerRegistry;
}

/**
 * An image registry without a user of its own. It stays reachable from outside, since images are pushed from wherever
 * updates run, but lets nobody in without a role. A registry of Azure cannot forbid to move a tag; nothing here runs by
 * tag.
 */
export function createRegistry(context: AzureContext, logs: AzureLogs): AzureRegistry {
  const { names, parent, placed, settings } = context;
  const tier = registryTier(settings);
  const resource = new ContainerRegistry(
    "registry",
    {
      ...placed,
      registryName: names.registry,
      sku: { name: registrySkus[tier] },
      adminUserEnabled: false,
      anonymousPullEnabled: false,
      publicNetworkAccess: "Enabled",
      ...(tier === "premium" && { zoneRedundancy: "Enabled" }),
    },
    { parent, protect: settings.deletionProtection },
  );
  logs.keep("registry", resource.id);
  const repository = interpolate`${resource.loginServer}/runtime`;
  const image =
    settings.image === undefined ? buildImage(context, resource, repository) : output(settings.image);
  return { resource, repository, image };
}

function buildImage(
  context: AzureContext,
  { loginServer }: ContainerRegistry,
  repository: Output<string>,
): Output<string> {
  const login = secret(loginServer.apply((address) => logInToRegistry(context.account, address)));
  return buildRuntimeImage(context, repository, {
    address: loginServer,
    username: login.username,
    password: login.password,
  });
}
