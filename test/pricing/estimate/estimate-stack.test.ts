import assert from "node:assert/strict";
import { compareEstimates } from "../../../pricing/estimate/compare-estimates.ts";
import { estimateStack } from "../../../pricing/estimate/estimate-stack.ts";
import { parseUsage } from "../../../pricing/estimate/usage-file.ts";
import { amounts, byWhat, expected, policyProxy, resource, UNKNOWN } from "./resources.ts";

const cluster = resource("aws:eks/cluster:Cluster", {}, "cluster");
const place = { cloud: "aws", region: "us-east-1" } as const;

describe("estimateStack", () => {
  it("sums what is known and lists what is not, with the reason", () => {
    const volume = resource("aws:ebs/volume:Volume", { type: "io9", size: 1 }, "volume");
    const key = resource("aws:kms/key:Key", {}, "key");
    const { total, unknown } = estimateStack([cluster, volume, key], place);
    assert.deepEqual(total, { minimum: 74, expected: 74, maximum: 74 });
    assert.deepEqual(
      unknown.map(({ name, what, unknown: why }) => [name, what, why?.reason]),
      [
        ["volume", "io9 volume", "price not found"],
        ["key", "requests to the key", "depends on use"],
      ],
    );
  });

  it("gives each known amount its source and day", () => {
    for (const { monthlyUsd, source, date } of estimateStack([cluster, resource("aws:ec2/eip:Eip")], place)
      .items) {
      assert.notEqual(monthlyUsd, "unknown");
      assert.match(date, /^20\d\d-\d\d-\d\d$/);
      assert.ok(source.length > 0);
    }
  });

  it("tells apart what is free, what is not looked into, and what only exists in the program", () => {
    const resources = [
      resource("aws:iam/role:Role", {}, "role"),
      resource("aws:rds/instance:Instance", {}, "one"),
      resource("aws:rds/instance:Instance", {}, "two"),
      resource("kubernetes:helm.sh/v3:Release", {}, "chart"),
      resource("kubernetes:apps/v1:Deployment", {}, "runtime"),
      resource("random:index/randomId:RandomId", {}, "id"),
      resource("eks:index:Cluster", {}, "elsewhere"),
    ];
    const { items, free, notPriced } = estimateStack(resources, place);
    assert.deepEqual(items, []);
    assert.deepEqual(
      free.map(({ name }) => name),
      ["role", "runtime", "id"],
    );
    assert.deepEqual(
      notPriced.map(({ type, names }) => [type, names.join(" ")]),
      [
        ["aws:rds/instance:Instance", "one two"],
        ["kubernetes:helm.sh/v3:Release", "chart"],
        ["eks:index:Cluster", "elsewhere"],
      ],
    );
  });

  it("prices claims of volumes and load balancers of a cluster by the stack's cloud", () => {
    const claim = { spec: { resources: { requests: { storage: "50Gi" } } } };
    const set = { spec: { replicas: 3, volumeClaimTemplates: [claim] } };
    const items = byWhat(
      estimateStack(
        [
          cluster,
          resource("kubernetes:apps/v1:StatefulSet", set, "engine"),
          resource(
            "kubernetes:core/v1:PersistentVolumeClaim",
            { spec: { resources: { requests: { storage: "1Ti" } } } },
            "claim",
          ),
          resource("kubernetes:core/v1:Service", { spec: { type: "LoadBalancer" } }, "gateway"),
          resource("kubernetes:core/v1:Service", { spec: {} }, "internal"),
        ],
        place,
      ),
    );
    assert.equal(expected(items["volume of 50Gi"]), 12);
    assert.equal(expected(items["volume of 1Ti"]), 81.92);
    assert.equal(expected(items["load balancer"]), 16.43);
    assert.equal(Object.keys(items).length, 4);
  });

  it("never counts an unknown as 0 and never throws, whatever is unknown", () => {
    const types = [
      "aws:eks/nodeGroup:NodeGroup",
      "aws:ec2/instance:Instance",
      "aws:autoscaling/group:Group",
      "aws:ebs/volume:Volume",
      "azure-native:containerservice:AgentPool",
      "azure-native:compute:VirtualMachine",
      "azure-native:compute:Disk",
      "azure-native:containerregistry:Registry",
      "azure-native:keyvault:Key",
      "azure-native:keyvault:Vault",
      "gcp:container/nodePool:NodePool",
      "gcp:compute/instance:Instance",
      "gcp:compute/disk:Disk",
      "kubernetes:apps/v1:StatefulSet",
      "kubernetes:core/v1:Service",
    ];
    const everything = [
      ...[
        "instanceTypes",
        "instanceType",
        "scalingConfig",
        "launchTemplate",
        "minSize",
        "maxSize",
        "size",
        "type",
      ],
      ...[
        "vmSize",
        "count",
        "hardwareProfile",
        "diskSizeGB",
        "sku",
        "properties",
        "nodeConfig",
        "machineType",
      ],
      ...["spec", "autoscaling", "osDiskSizeGB", "storageProfile", "rootBlockDevice", "bootDisk"],
    ];
    const unknown = Object.fromEntries(everything.map((name) => [name, UNKNOWN]));
    const proxied = policyProxy(unknown);
    for (const type of types)
      for (const properties of [unknown, proxied]) {
        const { items } = estimateStack([resource(type, properties)], place);
        assert.ok(items.length > 0, type);
        assert.ok(
          items.some(({ monthlyUsd }) => monthlyUsd === "unknown"),
          type,
        );
        for (const { monthlyUsd, what } of items)
          assert.ok(monthlyUsd === "unknown" || monthlyUsd.maximum > 0, `${type}: ${what}`);
      }
  });

  it("takes no unknown region for another", () => {
    const { items, region } = estimateStack([resource("aws:kms/key:Key", {}, "key")]);
    assert.equal(region, undefined);
    assert.equal(expected(items[0]), "price not found");
  });

  it("says which names of the usage no resource has", () => {
    const usage = parseUsage("resources: {cluster: {expectedNodes: 1}, typo: {logGb: 1}}", "usage.yaml");
    assert.deepEqual(estimateStack([cluster], { ...place, usage }).unusedUsage, ["typo"]);
  });

  it("estimates nothing of nothing", () => {
    const { cloud, items, total } = estimateStack([]);
    assert.deepEqual([cloud, items, total.maximum], [undefined, [], 0]);
  });
});

describe("compareEstimates", () => {
  const pool = (type: string, nodes: number) =>
    resource(
      "aws:eks/nodeGroup:NodeGroup",
      { instanceTypes: [type], diskSize: 100, scalingConfig: { minSize: nodes, maxSize: nodes } },
      "pool",
    );

  it("shows only what costs something else, the largest change first", () => {
    const before = estimateStack(
      [cluster, pool("m6i.xlarge", 1), resource("aws:ec2/eip:Eip", {}, "address")],
      place,
    );
    const after = estimateStack(
      [cluster, pool("m6i.xlarge", 3), resource("aws:kms/key:Key", {}, "key")],
      place,
    );
    const { change, resources } = compareEstimates(before, after);
    assert.deepEqual(
      resources.map((each) => [each.change, each.name]),
      [
        ["changed", "pool"],
        ["removed", "address"],
        ["added", "key"],
      ],
    );
    assert.equal(Math.round(change.expected * 100) / 100, 2 * (140.16 + 8) - 3.65 + 1);
    assert.deepEqual(resources[2]?.unknown, ["requests to the key"]);
  });

  it("names the machine that was and the one that is", () => {
    const before = estimateStack([pool("m6i.xlarge", 1)], place);
    const [difference] = compareEstimates(before, estimateStack([pool("g6.xlarge", 1)], place)).resources;
    assert.deepEqual(difference?.noLongerBilled, ["m6i.xlarge, on-demand"]);
    assert.deepEqual(difference?.nowBilled, ["g6.xlarge, on-demand"]);
  });

  it("finds no difference between a stack and itself", () => {
    const estimate = estimateStack([cluster, pool("m6i.xlarge", 1)], place);
    assert.deepEqual(compareEstimates(estimate, estimate).resources, []);
    assert.deepEqual(amounts(estimate.items[0]), [140.16, 140.16, 140.16]);
  });
});
