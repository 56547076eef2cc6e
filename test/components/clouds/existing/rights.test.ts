import assert from "node:assert/strict";
import { clusterOf, planned } from "./cluster-of.ts";

describe("rights on a cluster of one's own", () => {
  const group = "rbac.authorization.k8s.io";
  const refusal = async (roles: { ofNamespace: boolean; ofCluster: boolean } | undefined) => {
    const api = clusterOf([], { may: async (right) => right.group !== group });
    return (await planned(roles === undefined ? {} : { roles }, api)).refusal ?? "";
  };

  it("take none to make roles, unless the stack gives its runtime some", async () => {
    assert.equal(await refusal(undefined), "");
    assert.equal(await refusal({ ofNamespace: false, ofCluster: false }), "");
    assert.match(await refusal({ ofNamespace: true, ofCluster: false }), /may not create roles\.rbac/);
    assert.doesNotMatch(await refusal({ ofNamespace: true, ofCluster: false }), /clusterroles/);
    assert.match(await refusal({ ofNamespace: true, ofCluster: true }), /create clusterrolebindings\.rbac/);
  });
});
