import assert from "node:assert/strict";
import { readExampleStack } from "../../../contracts/cloud/example-settings.ts";
import { clusterOf, planned } from "./cluster-of.ts";

const KEDA = ["scaledobjects.keda.sh"];
const gpuPools = [
  {
    ...{ name: "t4", accelerator: "t4", count: 1, spot: false, minimum: 0, maximum: 2, diskGib: 100 },
    sharing: { mode: "none" as const },
  },
];

describe("checks of a cluster of one's own", () => {
  it("pass a cluster with all that the stack needs, without a warning", async () => {
    assert.deepEqual(await planned({ gpuPools }, clusterOf(KEDA)), { refusal: undefined, warnings: [] });
  });

  it("want KEDA where there are GPU pools, and say how it comes", async () => {
    const { refusal } = await planned({ gpuPools }, clusterOf([]));
    assert.match(
      refusal ?? "",
      /skyloom:gpuPools: KEDA.*is not in the cluster; install it \(https:\/\/keda\.sh/,
    );
    assert.equal((await planned({}, clusterOf([]))).refusal, undefined);
  });

  it("want a storage class, the cluster's default or one that is named", async () => {
    const storageClasses = async () => [{ name: "slow", isDefault: false }];
    const { refusal } = await planned({}, clusterOf(KEDA, { storageClasses }));
    assert.match(
      refusal ?? "",
      /skyloom:existing\.storageClass: is not set, and the cluster has no default; it has slow/,
    );
    const none = await planned({}, clusterOf(KEDA, { storageClasses: async () => [] }));
    assert.match(none.refusal ?? "", /it has none/);
  });

  it("warn of a pool that no node could serve now, and go on", async () => {
    for (const gpus of [[], [0]]) {
      const { refusal, warnings } = await planned(
        { gpuPools },
        clusterOf(KEDA, { gpusOfNodes: async () => gpus }),
      );
      assert.equal(refusal, undefined);
      assert.equal(warnings.length, 1, warnings.join("\n"));
      assert.match(
        warnings[0] ?? "",
        /skyloom:gpuPools\[0\]: no node with the labels of "t4" offers a GPU now/,
      );
    }
  });

  describe("of the workflows' secret", () => {
    const { existing } = readExampleStack("existing", "/nowhere").settings;
    assert.ok(existing);
    const named = (secrets: string) => ({ existing: { ...existing, secrets } });

    it("ask for none where none is named", async () => {
      const refuse = async () => assert.fail("was asked");
      const api = clusterOf(KEDA, { hasNamespace: refuse, hasSecret: refuse });
      assert.deepEqual(await planned({}, api), { refusal: undefined, warnings: [] });
    });

    it("pass where it is there", async () => {
      assert.deepEqual(await planned(named("keys"), clusterOf(KEDA)), { refusal: undefined, warnings: [] });
    });

    it("want it where its namespace is, and say how it is made", async () => {
      const { refusal } = await planned(named("keys"), clusterOf(KEDA, { hasSecret: async () => false }));
      assert.match(
        refusal ?? "",
        /skyloom:existing\.secrets: there is no secret "keys" in the namespace skyloom; make it: kubectl --namespace skyloom create secret generic keys /,
      );
    });

    it("say on the first day that it can be made after the update", async () => {
      const api = clusterOf(KEDA, { hasNamespace: async () => false, hasSecret: async () => false });
      const { refusal, warnings } = await planned(named("keys"), api);
      assert.equal(refusal, undefined);
      assert.equal(warnings.length, 1);
      assert.match(
        warnings[0] ?? "",
        /skyloom:existing\.secrets: .*kubectl --namespace skyloom create secret/,
      );
    });

    it("do not look where the login may not, and say so", async () => {
      const refuse = async () => assert.fail("was asked");
      const may = async ({ verb }: { verb: string }) => verb !== "get";
      const { refusal } = await planned(named("keys"), clusterOf(KEDA, { may, hasNamespace: refuse }));
      assert.match(refusal ?? "", /may not get namespaces, get secrets; ask for the role/);
    });

    it("refuse one that the stack makes or pulls images with", async () => {
      for (const name of [
        "bucket-and-queue",
        "runtime-environment",
        "restate-files",
        "worker-t4-environment",
      ])
        assert.match(
          (await planned(named(name), clusterOf(KEDA))).refusal ?? "",
          new RegExp(`skyloom:existing\\.secrets: "${name}" is a name that the stack uses itself`),
        );
      const pull = { existing: { ...existing, secrets: "pull", imagePullSecret: "pull" } };
      assert.match(
        (await planned(pull, clusterOf(KEDA))).refusal ?? "",
        /is skyloom:existing\.imagePullSecret/,
      );
      assert.equal((await planned(named("my-environment"), clusterOf(KEDA))).refusal, undefined);
    });
  });

  it("name what the login may not look at, and do not look", async () => {
    const refuse = async () => assert.fail("was asked");
    const api = clusterOf([], {
      may: async ({ verb }) => verb !== "list",
      storageClasses: refuse,
      hasCustomResource: refuse,
      gpusOfNodes: refuse,
    });
    const { refusal = "" } = await planned({ gpuPools }, api);
    const lists = [
      "storageclasses.storage.k8s.io",
      "customresourcedefinitions.apiextensions.k8s.io",
      "nodes",
    ];
    assert.ok(refusal.includes(`may not ${lists.map((name) => `list ${name}`).join(", ")}; ask`), refusal);
  });

  it("tell all problems at once", async () => {
    const { refusal = "" } = await planned(
      { gpuPools: gpuPools.map((pool) => ({ ...pool, accelerator: "h100" })), image: "runtime:latest" },
      clusterOf([], { storageClasses: async () => [], may: async ({ verb }) => verb !== "delete" }),
    );
    for (const problem of [/skyloom:image/, /"h100"/, /storageClass/, /KEDA/, /may not delete namespaces/])
      assert.match(refusal, problem);
    assert.match(refusal, /nothing was changed/);
  });
});
