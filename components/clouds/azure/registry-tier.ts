import type { RegistryTier } from "../../../pricing/stack-services.ts";
import type { CloudSettings } from "../../cloud-settings.ts";

/** Of the registry: only Premium is redundant over zones, which production wants. */
export function registryTier({ environment }: Pick<CloudSettings, "environment">): RegistryTier {
  return environment === "production" ? "premium" : "standard";
}

/** The tier as Azure calls it. */
export const registrySkus: Record<RegistryTier, string> = {
  basic: "Basic",
  standard: "Standard",
  premium: "Premium",
};
