import assert from "node:assert/strict";
import { kubeloginKubeconfig } from "../../../../components/clouds/azure/kubeconfig.ts";

const given = `
apiVersion: v1
clusters:
- name: skyloom-dev
  cluster: {server: "https://skyloom-dev.example:443", certificate-authority-data: Q0E=}
users:
- name: clusterUser
  user: {token: secret-token}
`;
const encoded = Buffer.from(given).toString("base64");

describe("kubeconfig of an AKS cluster", () => {
  it("keeps server and certificate, and logs in through kubelogin without asking anybody", async () => {
    const kubeconfig = JSON.parse(await kubeloginKubeconfig(encoded, "skyloom-dev"));
    assert.deepEqual(kubeconfig.clusters[0].cluster, {
      server: "https://skyloom-dev.example:443",
      "certificate-authority-data": "Q0E=",
    });
    const { exec } = kubeconfig.users[0].user;
    assert.equal(exec.command, "kubelogin");
    assert.deepEqual(exec.args.slice(0, 3), ["get-token", "--login", "azurecli"]);
    assert.equal(exec.interactiveMode, "Never");
  });

  it("carries no credential that Azure put into its own", async () => {
    assert.doesNotMatch(await kubeloginKubeconfig(encoded, "skyloom-dev"), /secret-token/);
  });

  for (const credential of [undefined, "", Buffer.from("clusters: []").toString("base64")])
    it(`says which role is missing when Azure gives ${JSON.stringify(credential)}`, async () => {
      await assert.rejects(kubeloginKubeconfig(credential, "skyloom-dev"), /skyloom-dev.*Cluster User/);
    });
});
