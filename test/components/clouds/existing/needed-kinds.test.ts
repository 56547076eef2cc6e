import assert from "node:assert/strict";
import type { ClusterApi } from "../../../../components/clouds/existing/cluster-api.ts";
import { planStack } from "../../../../components/clouds/existing/preflight.ts";
import { neededKinds, type OptionalParts } from "../../../../components/platform/needed-kinds.ts";
import { recordProgram } from "../../../../simulator/recording/record-program.ts";
import { readExampleStack } from "../../../contracts/cloud/example-settings.ts";
import { IMAGE } from "../../../contracts/cloud/record-cloud.ts";

const gateway = { host: "a.example.com", issuerEmail: "a@example.com", namespace: "edge" };
const monitoring = { prometheus: true, namespace: "monitoring" };
const config = { "skyloom:credentials": JSON.stringify({ accessKeyId: "key", secretAccessKey: "secret" }) };

/** A cluster that knows these kinds, and whose user may make objects of all groups but those. */
function cluster(kinds: string[], forbidden: string[] = []): ClusterApi {
  return {
    access: { path: "kubeconfig", context: "test", identifier: "test", description: "cluster test" },
    version: async () => "v1.34.1",
    may: async ({ group }) => !forbidden.includes(group),
    storageClasses: async () => [{ name: "standard", isDefault: true }],
    hasCustomResource: async (name) => kinds.includes(name),
    gpusOfNodes: async () => [1],
  };
}

/** Why the stack is refused; undefined: it is not. */
async function refusal(parts: OptionalParts, api: ClusterApi): Promise<string | undefined> {
  const { settings } = readExampleStack("existing", "/nowhere");
  const all = { ...settings, image: IMAGE, gpuPools: [], neededKinds: neededKinds(parts) };
  const { result } = await recordProgram(
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
  return result.message;
}

describe("what a cluster of one's own must know", () => {
  it("is nothing where no optional part is asked for, or the stack installs it", async () => {
    assert.equal(await refusal({ mesh: "none" }, cluster([])), undefined);
    const installed = {
      gateway: { ...gateway, install: true },
      monitoring: { ...monitoring, install: true },
    };
    assert.deepEqual(neededKinds({ ...installed, mesh: "none" }), []);
  });

  it("is told kind by kind, with the setting and what to do", async () => {
    const message = await refusal(
      { gateway, monitoring, mesh: "istio" },
      cluster(["issuers.cert-manager.io"]),
    );
    assert.match(message ?? "", /skyloom:gateway: .*gateways\.gateway\.networking\.k8s\.io; install/);
    assert.match(message ?? "", /skyloom:monitoring: .*podmonitors.*set install: true/);
    assert.match(message ?? "", /skyloom:mesh: .*peerauthentications.*Istio in ambient mode/);
    assert.doesNotMatch(message ?? "", /does not know issuers/);
  });

  it("must be allowed to whoever brings the stack up", async () => {
    const kinds = neededKinds({ monitoring, mesh: "none" }).map(({ resource }) => resource);
    assert.equal(await refusal({ monitoring, mesh: "none" }, cluster(kinds)), undefined);
    const message = await refusal({ monitoring, mesh: "none" }, cluster(kinds, ["monitoring.coreos.com"]));
    assert.match(message ?? "", /may not create podmonitors\.monitoring\.coreos\.com/);
  });
});
