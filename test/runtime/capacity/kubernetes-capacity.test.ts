import assert from "node:assert/strict";
import {
  createKubernetesCapacity,
  type KubernetesCapacityOptions,
} from "../../../runtime/capacity/kubernetes-capacity.ts";
import { isOwn, node, pod, quota } from "./nodes.ts";

const refused = async () => {
  throw Object.assign(new Error("forbidden"), { code: 403 });
};

function capacityOf(api: Record<string, () => Promise<unknown>>) {
  const whole = {
    listNode: async () => ({ items: [node("one")] }),
    listPodForAllNamespaces: async () => ({ items: [pod("elsewhere", "one", { cpu: "1" })] }),
    listNamespacedPod: async () => ({ items: [pod("here", "one", { cpu: "2" })] }),
    listNamespacedResourceQuota: async () => ({ items: [quota({ "requests.cpu": "3.5" })] }),
    ...api,
  } as unknown as KubernetesCapacityOptions["api"];
  return createKubernetesCapacity({ api: whole, namespace: "here", pools: [], isOwn });
}

describe("reading a cluster's capacity", () => {
  it("subtracts what it may see: all namespaces, else its own", async () => {
    assert.equal((await capacityOf({}).read()).total.cpu, 3);
    assert.equal((await capacityOf({ listPodForAllNamespaces: refused }).read()).total.cpu, 2);
  });

  it("counts on the quota where it may not see nodes", async () => {
    assert.deepEqual((await capacityOf({ listNode: refused }).read()).total, { cpu: 3.5, gpus: {} });
  });

  it("tells that the cluster does not answer", async () => {
    const broken = capacityOf({ listNode: () => Promise.reject(new Error("connect ECONNREFUSED")) });
    await assert.rejects(broken.read(), {
      code: "capacity-unavailable",
      status: 503,
      message: /the cluster's capacity cannot be read: connect ECONNREFUSED/,
    });
  });
});
