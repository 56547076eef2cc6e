import { type Cloud, cloudNames } from "./cloud.ts";
import type { CloudSettings } from "./cloud-settings.ts";

/**
 * The only place that knows which clouds there are. Looks for whatever can be known to fail before it declares
 * anything.
 * @throws Error that names every problem found.
 */
export async function createCloud(name: string, settings: CloudSettings): Promise<Cloud> {
  switch (name) {
    // Loaded when asked for: each brings the SDK of its provider.
    case "local":
      return await (await import("./clouds/local/local-cloud.ts")).createLocalCloud(settings);
    case "existing":
      return await (await import("./clouds/existing/existing-cloud.ts")).createExistingCloud(settings);
    case "aws":
      return await (await import("./clouds/aws/aws-cloud.ts")).createAwsCloud(settings);
    case "azure":
      return await (await import("./clouds/azure/azure-cloud.ts")).createAzureCloud(settings);
    case "gcp":
      return await (await import("./clouds/gcp/gcp-cloud.ts")).createGcpCloud(settings);
    default:
      throw new Error(`there is no cloud "${name}" in this version; known are ${cloudNames.join(", ")}`);
  }
}
