import assert from "node:assert/strict";
import type { ClusterApi } from "../../../../components/clouds/existing/cluster-api.ts";
import { neededKinds, type OptionalParts } from "../../../../components/platform/needed-kinds.ts";
import { clusterOf, planned } from "./cluster-of.ts";

const gateway = { host: "a.example.com", issuerEmail: "a@example.com", namespace: "edge" };
const monitoring = { prometheus: true, namespace: "monitoring" };

/** A cluster that knows these kinds, and whose user may make objects of all groups but those. */
function cluster(kinds: string[], forbidden: string[] = []): ClusterApi {
  return clusterOf(kinds, { may: async ({ group }) => !forbidden.includes(group) });
}

/** Why the stack is refused; undefined: it is not. */
async function refusal(parts: OptionalParts, api: ClusterApi): Promise<string | undefined> {
  return (await planned({ neededKinds: neededKinds(parts) }, api)).refusal;
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
