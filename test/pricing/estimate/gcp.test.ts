import assert from "node:assert/strict";
import { parseUsage } from "../../../pricing/estimate/usage-file.ts";
import { amounts, expected, itemsOf, resource, UNKNOWN } from "./resources.ts";

const region = "us-central1";
const nodePool = "gcp:container/nodePool:NodePool";
const nodeConfig = { machineType: "e2-standard-4", diskType: "pd-balanced", diskSizeGb: 100 };
const E2 = 0.13402;

/** Of pricing/data: e2-standard-4 0.134 USD an hour, pd-balanced 0.10 a GB and month. */
describe("estimate of gcp", () => {
  const cents = (amount: number) => Math.round(amount * 100) / 100;

  it("counts nodes by their total, or in each zone", () => {
    const total = {
      location: region,
      nodeConfig,
      autoscaling: { totalMinNodeCount: 1, totalMaxNodeCount: 5 },
    };
    const whole = itemsOf([resource(nodePool, total)], region);
    assert.deepEqual(
      amounts(whole["e2-standard-4, on-demand"]),
      [1, 1, 5].map((nodes) => cents(nodes * 730 * E2)),
    );
    assert.deepEqual(amounts(whole["pd-balanced disk of each node"]), [10, 10, 50]);
    const perZone = { ...total, autoscaling: { minNodeCount: 1, maxNodeCount: 2 } };
    assert.deepEqual(
      amounts(itemsOf([resource(nodePool, perZone)], region)["pd-balanced disk of each node"]),
      [30, 30, 60],
    );
    const oneZone = { ...perZone, location: "us-central1-a" };
    assert.deepEqual(
      amounts(itemsOf([resource(nodePool, oneZone)], region)["pd-balanced disk of each node"]),
      [10, 10, 20],
    );
    const twoZones = { ...perZone, nodeLocations: ["us-central1-a", "us-central1-b"] };
    assert.deepEqual(
      amounts(itemsOf([resource(nodePool, twoZones)], region)["pd-balanced disk of each node"]),
      [20, 20, 40],
    );
    const fixed = { location: region, nodeConfig, nodeCount: 2 };
    assert.deepEqual(
      amounts(itemsOf([resource(nodePool, fixed)], region)["pd-balanced disk of each node"]),
      [60, 60, 60],
    );
  });

  it("prices accelerators that come with a machine or are attached to it, and shows reservations", () => {
    const guestAccelerators = [{ type: "nvidia-l4", count: 1 }];
    const gpu = {
      nodeConfig: { ...nodeConfig, machineType: "g2-standard-4", guestAccelerators },
      autoscaling: { totalMinNodeCount: 0, totalMaxNodeCount: 2 },
    };
    const item = itemsOf([resource(nodePool, gpu)], region)["g2-standard-4 with 1 × l4, on-demand"];
    assert.equal(item?.part, "GPU machines");
    assert.equal(expected(item), 129);
    const reserved = item?.otherPurchases?.find(
      ({ purchase }) => purchase === "reserved for 1 year",
    )?.monthlyUsd;
    assert.deepEqual(reserved, { minimum: 0, expected: 325.07215214, maximum: 2 * 325.07215214 });
    const attached = {
      nodeConfig: {
        machineType: "n1-standard-4",
        guestAccelerators: [{ type: "nvidia-tesla-t4", count: 1 }],
      },
      nodeCount: 1,
    };
    const t4 = itemsOf([resource(nodePool, { location: "us-central1-a", ...attached })], region);
    assert.equal(typeof expected(t4["n1-standard-4 with 1 × t4, on-demand"]), "number");
  });

  it("does not price a machine without an accelerator that no table has, or that is not known", () => {
    const odd = (type: string) =>
      resource(nodePool, {
        nodeConfig: { machineType: "n1-standard-4", guestAccelerators: [{ type, count: 1 }] },
        nodeCount: 1,
      });
    assert.equal(
      expected(itemsOf([odd("nvidia-next")], region)["n1-standard-4 with 1 × nvidia-next, on-demand"]),
      "price not found",
    );
    assert.equal(
      expected(itemsOf([odd(UNKNOWN)], region)["machines of a type that is not known yet"]),
      "not known before the update",
    );
  });

  it("prices the pool that a cluster comes with, unless it is removed", () => {
    const cluster = "gcp:container/cluster:Cluster";
    const own = itemsOf([resource(cluster, { location: region, initialNodeCount: 1, nodeConfig })], region);
    assert.equal(expected(own["control plane"]), 73);
    assert.equal(expected(own["pool default: e2-standard-4, on-demand"]), cents(3 * 730 * E2));
    const removed = itemsOf(
      [resource(cluster, { location: region, initialNodeCount: 1, removeDefaultNodePool: true })],
      region,
    );
    assert.deepEqual(Object.keys(removed), ["control plane"]);
    const autopilot = itemsOf([resource(cluster, { location: region, enableAutopilot: true })], region);
    assert.equal(expected(autopilot["pods of Autopilot"]), "depends on use");
    const open = itemsOf([resource(cluster, { location: region, clusterAutoscaling: UNKNOWN })], region);
    assert.equal(expected(open["node pools made automatically"]), "not known before the update");
  });

  it("prices pools that are written inside a cluster, and counts none twice that a state has there as well", () => {
    const inside = { location: region, nodePools: [{ name: "own", nodeConfig, nodeCount: 1 }] };
    const cluster = resource("gcp:container/cluster:Cluster", inside, "gke");
    assert.equal(
      expected(itemsOf([cluster], region)["pool own: e2-standard-4, on-demand"]),
      cents(3 * 730 * E2),
    );
    const beside = resource(nodePool, { location: region, nodeConfig, nodeCount: 1 }, "own");
    const machines = Object.values(itemsOf([cluster, beside], region)).filter(
      ({ part }) => part === "machines",
    );
    assert.deepEqual(
      machines.map(({ name }) => name),
      ["own"],
    );
  });

  it("bills NAT by the machines of the stack, at most 32, and its own address", () => {
    const pool = resource(
      nodePool,
      { nodeConfig, autoscaling: { totalMinNodeCount: 2, totalMaxNodeCount: 40 } },
      "pool",
    );
    const nat = resource("gcp:compute/routerNat:RouterNat", { region });
    const items = itemsOf([pool, nat], region);
    assert.deepEqual(
      amounts(items["NAT for up to 32 machines"]),
      [2, 2, 32].map((nodes) => cents(nodes * 730 * 0.0014)),
    );
    assert.equal(expected(items["public address of NAT"]), 3.65);
    const given = itemsOf([resource("gcp:compute/routerNat:RouterNat", { natIps: [UNKNOWN] })], region);
    assert.equal(given["public address of NAT"], undefined);
  });

  it("bills messages by volume, at least 1 KiB each, and every delivery", () => {
    const usage = parseUsage("default: {messages: 1073741824, messageKib: 0.1}", "usage.yaml");
    const [topic, subscription] = [
      resource("gcp:pubsub/topic:Topic"),
      resource("gcp:pubsub/subscription:Subscription"),
    ];
    const items = itemsOf([topic, subscription], region, { usage });
    assert.deepEqual(Object.values(items).map(expected), [40, 40]);
    const halfTold = itemsOf([topic], region, { usage: parseUsage("default: {messages: 1}", "usage.yaml") });
    assert.equal(expected(halfTold["messages published"]), "depends on use");
  });

  it("does not take a bucket in several regions for one in the stack's", () => {
    const usage = parseUsage(
      "default: {storedGb: 100, readRequests: 0, writeRequests: 0, egressGb: 0}",
      "usage.yaml",
    );
    const bucket = (more: object) =>
      expected(
        itemsOf([resource("gcp:storage/bucket:Bucket", more)], region, { usage })["data in the bucket"],
      );
    assert.equal(bucket({ location: "US-CENTRAL1" }), 2);
    assert.equal(bucket({ location: "US" }), "price not found");
    assert.equal(bucket({ location: "US-CENTRAL1", storageClass: "NEARLINE" }), "price not found");
  });

  it("prices disks, addresses, rules, keys and instances", () => {
    assert.equal(
      expected(
        itemsOf(
          [resource("gcp:compute/disk:Disk", { zone: "us-central1-a", type: "pd-ssd", size: 100 })],
          region,
        )["pd-ssd disk"],
      ),
      17,
    );
    assert.deepEqual(
      itemsOf([resource("gcp:compute/address:Address", { region, addressType: "INTERNAL" })], region),
      {},
    );
    assert.equal(
      expected(
        itemsOf([resource("gcp:compute/forwardingRule:ForwardingRule", { region })], region)[
          "forwarding rule"
        ],
      ),
      18.25,
    );
    assert.equal(
      expected(
        itemsOf([resource("gcp:kms/cryptoKey:CryptoKey", { rotationPeriod: "7776000s" })], region)[
          "a version of the key"
        ],
      ),
      0.06,
    );
    const instance = {
      zone: "us-central1-a",
      machineType: "e2-standard-4",
      bootDisk: { initializeParams: { size: 20, type: "pd-ssd" } },
    };
    assert.deepEqual(
      Object.values(itemsOf([resource("gcp:compute/instance:Instance", instance)], region)).map(expected),
      [cents(730 * E2), 3.4],
    );
  });
});
