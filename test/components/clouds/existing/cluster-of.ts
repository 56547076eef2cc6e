import type { CloudSettings } from "../../../../components/cloud-settings.ts";
import type { ClusterApi } from "../../../../components/clouds/existing/cluster-api.ts";
import { planStack } from "../../../../components/clouds/existing/preflight.ts";
import { recordProgram } from "../../../../simulator/recording/record-program.ts";
import { readExampleStack } from "../../../contracts/cloud/example-settings.ts";
import { IMAGE } from "../../../contracts/cloud/record-cloud.ts";

const config = { "skyloom:credentials": JSON.stringify({ accessKeyId: "key", secretAccessKey: "secret" }) };

/** A cluster that knows these kinds, has a default storage class and one GPU, and allows everything. */
export function clusterOf(kinds: string[], more: Partial<ClusterApi> = {}): ClusterApi {
  return {
    access: { path: "kubeconfig", context: "test", identifier: "test", description: "cluster test" },
    version: async () => "v1.34.1",
    may: async () => true,
    hasNamespace: async () => true,
    hasSecret: async () => true,
    storageClasses: async () => [{ name: "standard", isDefault: true }],
    hasCustomResource: async (name) => kinds.includes(name),
    gpusOfNodes: async () => [1],
    ...more,
  };
}

/** Why the example stack, with these settings, is refused; undefined: it is not. And what it is warned of. */
export async function planned(
  settings: Partial<CloudSettings>,
  api: ClusterApi,
): Promise<{ refusal: string | undefined; warnings: string[] }> {
  const example = readExampleStack("existing", "/nowhere");
  const all = { ...example.settings, image: IMAGE, gpuPools: [], ...settings };
  const { result, log } = await recordProgram(
    async () => {
      try {
        await planStack(all, () => api);
        return { message: undefined };
      } catch (error) {
        return { message: (error as Error).message };
      }
    },
    { config },
  );
  const warnings = log.filter(({ severity }) => severity === "warning").map(({ message }) => message);
  return { refusal: result.message, warnings };
}
