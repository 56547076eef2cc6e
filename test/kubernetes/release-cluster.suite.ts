import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { setTimeout } from "node:timers/promises";
import { createClusterObjects } from "../../cli/cluster/create-cluster-objects.ts";
import { type HangingObject, steps } from "../../cli/cluster/hanging-objects.ts";
import { releaseCluster } from "../../cli/cluster/release-cluster.ts";
import { Cluster } from "./cluster.ts";

const KEEPER = "skyloom.dev/test-keeps-it";

/** Needs a cluster, KUBECONFIG, with a default storage class. Sees a namespace of its own only. */
describe("what hangs on a real cluster", function () {
  this.timeout(120_000);
  const namespace = `release-${process.pid}`;
  let cluster: Cluster;
  const objects = () => createClusterObjects(readFileSync(process.env.KUBECONFIG ?? "", "utf8"), namespace);

  before(async () => {
    cluster = new Cluster();
    await cluster.makeNamespace(namespace, { "skyloom.dev/test": "release" });
  });
  after(() => cluster.deleteNamespace(namespace));

  const metadata = (name: string, more: object = {}) => ({ name, namespace, ...more });
  const labels = { app: "database" };

  /** A database with a disk, behind a load balancer, and an internal service. */
  async function deploy(): Promise<void> {
    await cluster.create({
      ...{ apiVersion: "apps/v1", kind: "StatefulSet", metadata: metadata("database") },
      spec: {
        ...{ serviceName: "database", replicas: 1, selector: { matchLabels: labels } },
        template: {
          metadata: { labels },
          spec: {
            terminationGracePeriodSeconds: 0,
            containers: [
              {
                ...{ name: "main", image: "skyloom.invalid/none:1" },
                volumeMounts: [{ name: "data", mountPath: "/data" }],
              },
            ],
          },
        },
        volumeClaimTemplates: [
          {
            metadata: { name: "data" },
            spec: {
              accessModes: ["ReadWriteOnce"],
              resources: { requests: { storage: "1Mi" } },
            },
          },
        ],
      },
    });
    const ports = [{ port: 80 }];
    const service = (name: string, type: string, more: object = {}) =>
      cluster.create({
        ...{ apiVersion: "v1", kind: "Service", metadata: metadata(name, more) },
        spec: { type, selector: labels, ports },
      });
    await service("public", "LoadBalancer");
    await service("internal", "ClusterIP");
    const backend = { service: { name: "internal", port: { number: 80 } } };
    await cluster.create({
      ...{ apiVersion: "networking.k8s.io/v1", kind: "Ingress", metadata: metadata("web") },
      spec: { defaultBackend: backend },
    });
  }

  const kindsOf = (found: HangingObject[]) => found.map(({ kind, name }) => `${kind} ${name}`).toSorted();

  it("is nothing in an empty namespace, also of kinds that the cluster does not know", async () => {
    for (const step of steps) assert.deepEqual(await objects().list(step), []);
  });

  it("is found, with who made the pods that use a disk and without what owns nothing", async () => {
    await deploy();
    const wanted = [
      "Ingress web",
      "PersistentVolumeClaim data-database-0",
      "Service public",
      "StatefulSet database",
    ];
    let found: string[] = [];
    for (let tenths = 0; tenths < 300 && found.length < wanted.length; tenths += 1) {
      found = kindsOf(await objects().list("load balancers and volumes"));
      await setTimeout(100);
    }
    assert.deepEqual(found, wanted);
  });

  it("stays where a controller does not let it go, and is told with what it waits for", async () => {
    await cluster.patch({
      ...{ apiVersion: "v1", kind: "Service" },
      metadata: metadata("public", { finalizers: [KEEPER] }),
    });
    const stuck = await release(8);
    assert.deepEqual(kindsOf(stuck), ["Service public"]);
    const service = stuck.find(({ kind }) => kind === "Service");
    assert.deepEqual([service?.name, service?.isDeleting], ["public", true]);
    assert.ok(service?.finalizers.includes(KEEPER));
    await cluster.patch({
      apiVersion: "v1",
      kind: "Service",
      metadata: metadata("public", { finalizers: null as never }),
    });
  });

  it("goes, and what owns nothing outside is left", async () => {
    assert.deepEqual(kindsOf(await release(60)), []);
    assert.equal(await cluster.get("v1", "PersistentVolumeClaim", namespace, "data-database-0"), undefined);
    assert.ok(await cluster.get("v1", "Service", namespace, "internal"));
  });

  it("is unknown where no API server answers", async () => {
    const kubeconfig = JSON.stringify({
      ...{ apiVersion: "v1", kind: "Config", "current-context": "gone" },
      clusters: [{ name: "gone", cluster: { server: "https://127.0.0.1:9" } }],
      users: [{ name: "gone", user: {} }],
      contexts: [{ name: "gone", context: { cluster: "gone", user: "gone" } }],
    });
    await assert.rejects(createClusterObjects(kubeconfig).list("nodes"));
  });

  async function release(seconds: number): Promise<HangingObject[]> {
    return await releaseCluster(objects(), {
      seconds,
      now: () => performance.now(),
      pause: () => setTimeout(500),
      onWait: () => {},
    });
  }
});
