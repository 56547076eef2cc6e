import type { Cloud } from "./cloud.ts";
import type { CloudSettings } from "./cloud-settings.ts";
import { createLocalCloud } from "./clouds/local/local-cloud.ts";

/**
 * The only place that knows which clouds there are. Looks for whatever can be known to fail before it declares
 * anything.
 * @throws Error that names every problem found.
 */
export async function createCloud(name: string, settings: CloudSettings): Promise<Cloud> {
  switch (name) {
    case "local":
      return await createLocalCloud(settings);
    case "aws":
    case "azure":
    case "gcp":
    case "existing":
      throw new Error(`cloud "${name}" is not in this version; known: local`);
    default:
      throw new Error(`there is no cloud "${name}"; known: local`);
  }
}
