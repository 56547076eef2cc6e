import assert from "node:assert/strict";
import { CoreV1Api } from "@kubernetes/client-node";
import { createKubernetesCapacity } from "../../../runtime/capacity/kubernetes-capacity.ts";
import type { NodePool } from "../../../runtime/capacity/node-pools.ts";
import { offerGpus, withdrawGpus } from "../platform/gpu-nodes.ts";
import { ACCELERATOR_LABEL } from "../platform/platform-stack.ts";
import { ContainerNamespace } from "./kubernetes-fixture.ts";

const pool: NodePool = {
  name: "t4",
  labels: { [ACCELERATOR_LABEL]: "t4" },
  accelerator: "t4",
  tolerations: [],
  gpus: 2,
  maximum: 0,
};

describe("capacity of a real cluster", function () {
  this.timeout(300_000);
  const space = new ContainerNamespace();
  const { cluster, name: namespace } = space;
  const core = cluster.config.makeApiClient(CoreV1Api);
  const own = { "skyloom.dev/test": "own" };
  const capacity = (pools: NodePool[] = []) =>
    createKubernetesCapacity({
      api: core,
      namespace,
      pools,
      isOwn: ({ metadata }) => metadata?.labels?.["skyloom.dev/test"] === "own",
    });
  const cores = async () => (await capacity().read()).total.cpu ?? assert.fail("no cores");

  before(async () => {
    await space.make();
    await withdrawGpus(cluster);
  });
  after(async () => {
    await withdrawGpus(cluster);
    await space.remove();
  });

  /** A pod that holds its request for as long as it is there. */
  async function hold(name: string, cpu: string, labels: Record<string, string>): Promise<void> {
    const resources = { requests: { cpu }, limits: { cpu } };
    await cluster.create({
      apiVersion: "v1",
      kind: "Pod",
      metadata: { name, namespace, labels },
      spec: {
        securityContext: { runAsNonRoot: true, runAsUser: 10001, seccompProfile: { type: "RuntimeDefault" } },
        containers: [
          {
            name: "idle",
            image: await cluster.idleImage(),
            resources,
            securityContext: { allowPrivilegeEscalation: false, capabilities: { drop: ["ALL"] } },
          },
        ],
      },
    });
    const isPlaced = async () => {
      const pod = await cluster.get("v1", "Pod", namespace, name);
      return pod?.spec.nodeName !== undefined;
    };
    await cluster.until(isPlaced, `pod ${name} has a node`);
  }

  it("is less by what others ask for, not by what tasks do", async () => {
    const before = await cores();
    await hold("task", "100m", own);
    assert.ok(Math.abs((await cores()) - before) < 1e-6);
    await hold("other", "150m", {});
    assert.ok(Math.abs((await cores()) - (before - 0.15)) < 1e-6);
  });

  it("has the GPUs that nodes offer, and those of nodes that may come", async () => {
    assert.deepEqual((await capacity([pool]).read()).total.gpus, {});
    assert.deepEqual((await capacity([{ ...pool, maximum: 3 }]).read()).total.gpus, { t4: 6 });
    await offerGpus(cluster, 1);
    assert.deepEqual((await capacity([pool]).read()).total.gpus, { t4: 1 });
    assert.deepEqual((await capacity([{ ...pool, maximum: 3 }]).read()).largest.gpus, { t4: 2 });
  });

  it("is held to the namespace's quota, as the cluster counts its use", async () => {
    const metadata = { name: "quota", namespace };
    await cluster.create({
      apiVersion: "v1",
      kind: "ResourceQuota",
      metadata,
      spec: { hard: { "requests.cpu": "400m" } },
    });
    const isCounted = async () => {
      const quota = await cluster.get("v1", "ResourceQuota", namespace, "quota");
      return quota?.status?.used?.["requests.cpu"] === "250m";
    };
    await cluster.until(isCounted, "the quota counts both pods");
    // 400m less the 150m of the pod that is no task's.
    assert.ok(Math.abs((await cores()) - 0.25) < 1e-6);
  });
});
