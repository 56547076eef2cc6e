import assert from "node:assert/strict";
import { parseUsage } from "../../../pricing/estimate/usage-file.ts";
import { amounts, expected, itemsOf, resource, UNKNOWN } from "./resources.ts";

const region = "us-east-1";
const nodeGroup = "aws:eks/nodeGroup:NodeGroup";
const scalingConfig = { minSize: 1, desiredSize: 2, maxSize: 4 };

/** Of pricing/data: m6i.xlarge 0.192 USD an hour, g6.xlarge 0.8048, gp3 0.08 a GB and month. */
describe("estimate of aws", () => {
  it("prices a node group by its instance type at its minimum, desired and maximum size", () => {
    const items = itemsOf(
      [resource(nodeGroup, { instanceTypes: ["m6i.xlarge"], scalingConfig, diskSize: 50 })],
      region,
    );
    assert.deepEqual(amounts(items["m6i.xlarge, on-demand"]), [140.16, 280.32, 560.64]);
    assert.deepEqual(amounts(items["disk of each node"]), [4, 8, 16]);
  });

  const template = resource(
    "aws:ec2/launchTemplate:LaunchTemplate",
    { instanceType: "m6i.xlarge", blockDeviceMappings: [{ ebs: { volumeSize: "100", volumeType: "gp2" } }] },
    "template",
  );

  it("finds machine and disk in the launch template, by id or by what it depends on", () => {
    const other = resource(template.type, { instanceType: "g6.xlarge" }, "other");
    const byId = resource(nodeGroup, { launchTemplate: { id: "lt-1" }, scalingConfig });
    const known = itemsOf([{ ...template, id: "lt-1" }, other, byId], region);
    assert.equal(expected(known["m6i.xlarge, on-demand"]), 280.32);
    assert.equal(expected(known["gp2 disk of each node"]), 20);
    const open = resource(nodeGroup, { launchTemplate: { id: UNKNOWN }, scalingConfig }, "it", {
      dependencies: [template.urn],
    });
    assert.equal(expected(itemsOf([template, other, open], region)["m6i.xlarge, on-demand"]), 280.32);
  });

  it("does not guess which of two launch templates it has", () => {
    const other = resource(template.type, { instanceType: "g6.xlarge" }, "other");
    const open = resource(nodeGroup, { launchTemplate: { id: UNKNOWN }, scalingConfig });
    const items = itemsOf([template, other, open], region);
    assert.equal(expected(items["machines of a type that is not known yet"]), "not known before the update");
  });

  it("expects a GPU node that may come and go for a quarter of the month, or as the usage tells", () => {
    const pool = resource(nodeGroup, {
      instanceTypes: ["g6.xlarge"],
      scalingConfig: { minSize: 0, desiredSize: 0, maxSize: 4 },
    });
    const item = itemsOf([pool], region)["g6.xlarge, on-demand"];
    assert.equal(item?.part, "GPU machines");
    assert.deepEqual(amounts(item), [0, 146.88, 2350.02]);
    assert.match(item?.assumption ?? "", /quarter of the month/);
    for (const [told, nodes] of [
      ["gpuNodeHours: 730", 1],
      ["gpuNodeHours: 99999", 4],
      ["expectedNodes: 2", 2],
    ] as const) {
      const usage = parseUsage(`default: {${told}}`, "usage.yaml");
      const priced = itemsOf([pool], region, { usage })["g6.xlarge, on-demand"];
      assert.equal(expected(priced), Math.round(nodes * 730 * 0.8048 * 100) / 100, told);
      assert.equal(priced?.assumption, undefined);
    }
  });

  it("shows the same machines bought otherwise", () => {
    const pool = resource(nodeGroup, { instanceTypes: ["m6i.xlarge"], capacityType: "SPOT", scalingConfig });
    const item = itemsOf([pool], region)["m6i.xlarge, spot"];
    const others = item?.otherPurchases ?? [];
    assert.deepEqual(
      others.map(({ purchase, monthlyUsd }) => [
        purchase,
        monthlyUsd === "unknown" ? monthlyUsd : monthlyUsd.expected.toFixed(2),
      ]),
      [
        ["on-demand", "280.32"],
        ["reserved for 1 year", "unknown"],
        ["reserved for 3 years", "unknown"],
      ],
    );
  });

  it("prices several instance types as the dearest, and none of them when one has no price", () => {
    const several = (instanceTypes: string[]) => resource(nodeGroup, { instanceTypes, scalingConfig });
    const items = itemsOf([several(["m6i.xlarge", "g6.xlarge"])], region);
    assert.equal(
      expected(items["m6i.xlarge or g6.xlarge, on-demand"]),
      Math.round(2 * 730 * 0.8048 * 100) / 100,
    );
    const odd = itemsOf([several(["m6i.xlarge", "x99.huge"])], region);
    assert.equal(expected(odd["m6i.xlarge or x99.huge, on-demand"]), "price not found");
  });

  it("leaves out no disk that is not known", () => {
    const open = { ...template, properties: { instanceType: "m6i.xlarge", blockDeviceMappings: [UNKNOWN] } };
    const pool = resource(nodeGroup, { launchTemplate: { name: UNKNOWN }, scalingConfig });
    assert.equal(expected(itemsOf([open, pool], region)["disk of each node"]), "not known before the update");
    const instance = { instanceType: "m6i.xlarge", ebsBlockDevices: UNKNOWN };
    const items = itemsOf([resource("aws:ec2/instance:Instance", instance)], region);
    assert.equal(expected(items["disk of each node"]), "not known before the update");
  });

  it("names the nodes that Auto Mode may start", () => {
    const open = itemsOf([resource("aws:eks/cluster:Cluster", { computeConfig: UNKNOWN })], region);
    assert.equal(expected(open["nodes of Auto Mode"]), "not known before the update");
    const on = itemsOf([resource("aws:eks/cluster:Cluster", { computeConfig: { enabled: true } })], region);
    assert.equal(expected(on["nodes of Auto Mode"]), "depends on use");
  });

  it("never takes a size that is not known for 0", () => {
    const open = resource(nodeGroup, { instanceTypes: ["m6i.xlarge"], scalingConfig: { minSize: UNKNOWN } });
    assert.equal(expected(itemsOf([open], region)["m6i.xlarge, on-demand"]), "not known before the update");
  });

  it("prices instances and groups of them with their disks", () => {
    const instance = resource("aws:ec2/instance:Instance", {
      instanceType: "m6i.xlarge",
      rootBlockDevice: { volumeType: "gp3", volumeSize: 30 },
    });
    const one = itemsOf([instance], region);
    assert.deepEqual(amounts(one["m6i.xlarge, on-demand"]), [140.16, 140.16, 140.16]);
    assert.equal(expected(one["gp3 disk of each node"]), 2.4);
    const group = resource("aws:autoscaling/group:Group", {
      launchTemplate: { name: "template" },
      minSize: 0,
      desiredCapacity: 1,
      maxSize: 2,
    });
    const many = itemsOf(
      [{ ...template, properties: { ...template.properties, name: "template" } }, group],
      region,
    );
    assert.deepEqual(amounts(many["m6i.xlarge, on-demand"]), [0, 140.16, 280.32]);
  });

  it("prices volumes with what is provisioned beyond the included", () => {
    const items = itemsOf(
      [resource("aws:ebs/volume:Volume", { type: "gp3", size: 100, iops: 4000, throughput: 225 })],
      region,
    );
    assert.equal(expected(items["gp3 volume"]), 8);
    assert.equal(expected(items["provisioned iops"]), 5);
    assert.equal(expected(items["provisioned throughput"]), 4);
  });

  it("prices network parts: gateways, addresses, endpoints in each subnet, load balancers", () => {
    const usage = parseUsage(
      "default: {natGb: 100, egressGb: 10, endpointGb: 10, loadBalancerCapacityUnits: 2}",
      "u",
    );
    const nat = itemsOf([resource("aws:ec2/natGateway:NatGateway")], region, { usage });
    assert.deepEqual(Object.values(nat).map(expected), [32.85, 4.5, 0.9]);
    assert.equal(expected(itemsOf([resource("aws:ec2/eip:Eip")], region)["public address"]), 3.65);
    const endpoint = { vpcEndpointType: "Interface", subnetIds: ["a", UNKNOWN, "c"] };
    const priced = itemsOf([resource("aws:ec2/vpcEndpoint:VpcEndpoint", endpoint)], region, { usage });
    assert.equal(expected(priced["private endpoint in each subnet"]), 21.9);
    const gateway = itemsOf(
      [resource("aws:ec2/vpcEndpoint:VpcEndpoint", { vpcEndpointType: "Gateway" })],
      region,
    );
    assert.deepEqual(gateway, {});
    const balancer = itemsOf(
      [resource("aws:lb/loadBalancer:LoadBalancer", { subnets: ["a", "b"] })],
      region,
      { usage },
    );
    assert.equal(expected(balancer["load balancer"]), 16.43);
    assert.equal(expected(balancer["load balancer's capacity"]), 11.68);
    assert.equal(expected(balancer["public address in each subnet"]), 7.3);
  });

  it("prices by use: buckets, queues, images, logs and keys", () => {
    const usage = parseUsage(
      "default: {storedGb: 100, readRequests: 1000000, writeRequests: 10000, egressGb: 1, messages: 5000000, imageGb: 10, logGb: 20, keptLogGb: 10, keyRequests: 100000}",
      "usage.yaml",
    );
    const bucket = itemsOf([resource("aws:s3/bucket:Bucket")], region, { usage });
    assert.deepEqual(Object.values(bucket).map(expected), [0.09, 2.3, 0.05, 0.4]);
    assert.equal(
      expected(itemsOf([resource("aws:sqs/queue:Queue")], region, { usage })["requests to the queue"]),
      2,
    );
    assert.equal(expected(itemsOf([resource("aws:ecr/repository:Repository")], region, { usage }).images), 1);
    const logs = itemsOf([resource("aws:cloudwatch/logGroup:LogGroup")], region, { usage });
    assert.deepEqual(Object.values(logs).map(expected), [10, 0.3]);
    const key = itemsOf([resource("aws:kms/key:Key")], region, { usage });
    assert.deepEqual(Object.values(key).map(expected), [1, 0.3]);
  });

  it("does not price a queue of another kind as an ordinary one", () => {
    const usage = parseUsage("default: {messages: 5000000}", "usage.yaml");
    const fifo = itemsOf([resource("aws:sqs/queue:Queue", { fifoQueue: true })], region, { usage });
    assert.equal(expected(fifo["requests to the queue"]), "price not found");
  });

  it("finds the region in zones, ARNs and services", () => {
    const key = resource("aws:kms/key:Key");
    for (const told of [
      resource("aws:ec2/subnet:Subnet", { availabilityZone: "eu-west-1b" }),
      resource("aws:iam/role:Role", { arn: "arn:aws:sqs:eu-west-1:123456789012:queue" }),
      resource("aws:ec2/vpcEndpoint:VpcEndpoint", { serviceName: "com.amazonaws.eu-west-1.s3" }),
      resource("pulumi:providers:aws", { region: "eu-west-1" }),
    ]) {
      const items = itemsOf([told, key], undefined as unknown as string);
      assert.equal(expected(items.key), "price not found");
      assert.match(items.key?.unknown?.why ?? "", /aws eu-west-1/);
    }
  });
});
