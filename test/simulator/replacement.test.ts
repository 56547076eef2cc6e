import assert from "node:assert/strict";
import { changes } from "../../simulator/diff.ts";
import { awsReplacements } from "../../simulator/replacement/aws.ts";
import { azureNativeReplacements, refusedUpdates } from "../../simulator/replacement/azure-native.ts";
import { documentedRules, findRules } from "../../simulator/replacement/find-rules.ts";
import { gcpReplacements } from "../../simulator/replacement/gcp.ts";
import { replacementSentence } from "../../simulator/schema/documentation.ts";
import type { PackageName } from "../../simulator/schema/locate.ts";
import type { PropertyType, TypeSchema } from "../../simulator/schema/model.ts";
import { resourceSchema } from "../../simulator/schema/resource-schema.ts";
import { awsShapes } from "../../simulator/shapes/aws.ts";
import { azureNativeShapes } from "../../simulator/shapes/azure-native.ts";
import { gcpShapes } from "../../simulator/shapes/gcp.ts";
import { type Properties, UNKNOWN } from "../../simulator/values.ts";
import { Cloud, schemas, session } from "./fixture.ts";

function diff(
  type: string,
  olds: Properties,
  news: Properties,
  config: Properties = {},
): { [path: string]: string } {
  const provider = type.split(":")[0] as PackageName;
  const rules = findRules(resourceSchema(schemas, type), news, session(provider, config));
  const found = [...changes(olds, news, rules)];
  return Object.fromEntries(
    found.map(([path, { kind, replaces }]) => [path, replaces ? `${kind} replace` : kind]),
  );
}

/** Whether the SDK's inputs have a property at this path. */
function exists(schema: TypeSchema, path: string): boolean {
  let properties: TypeSchema["inputs"] | undefined = schema.inputs;
  for (const name of path.replaceAll("[*]", "").split(".")) {
    let type: PropertyType | undefined = properties?.[name]?.type;
    if (!type) return false;
    while (type.kind === "array") type = type.of;
    properties = type.kind === "object" ? schema.definitions[type.reference] : undefined;
  }
  return true;
}

describe("which changes replace a resource", () => {
  it("names only types and properties that the SDKs have, each with its source", () => {
    const tables = { ...awsReplacements, ...azureNativeReplacements, ...gcpReplacements };
    const wrong = Object.entries(tables).flatMap(([type, rules]) => {
      const schema = schemas.find(type);
      if (!schema) return [`no type ${type}`];
      return rules
        .filter(({ path, source }) => !exists(schema, path) || source === "")
        .map(({ path }) => `${type} has no ${path}`);
    });
    assert.deepEqual(wrong, []);
    for (const [type, list] of Object.entries(refusedUpdates))
      for (const path of list.flatMap(({ paths, unless }) => [...paths, ...(unless ? [unless] : [])]))
        assert.ok(exists(resourceSchema(schemas, type), path), `${type} has no ${path}`);
  });

  it("gives an id only from properties that the SDKs have", () => {
    const made = [
      "hex",
      "digits",
      "uuid",
      "account",
      "subscription",
      "tenant",
      "project",
      "location",
      "region",
      "id",
    ];
    const wrong = Object.entries({ ...awsShapes, ...azureNativeShapes, ...gcpShapes }).flatMap(
      ([type, { id }]) => {
        const inputs = schemas.find(type)?.inputs;
        const names = [...id.matchAll(/\{([A-Za-z]+)\d*(?:\|\w+)?\}/g)].map((match) => match[1] ?? "");
        return names
          .filter((name) => !made.includes(name) && !inputs?.[name])
          .map((name) => `${type}: ${name}`);
      },
    );
    assert.deepEqual(wrong, []);
  });

  it("reads the rules from the documentation of types that no table lists", () => {
    assert.equal(
      replacementSentence("/**\n * The name. Changing this forces a new\n * resource to be created.\n */"),
      "Changing this forces a new resource to be created.",
    );
    assert.equal(replacementSentence("/** Storage for immutable blobs, which may be changed. */"), undefined);
    const endpoint = resourceSchema(schemas, "aws:ec2/vpcEndpoint:VpcEndpoint");
    assert.deepEqual(
      documentedRules(endpoint).map(({ path }) => path),
      ["privateDnsEnabled"],
    );
  });

  it("finds no difference between equal inputs, whatever the order of keys or the white space of a policy", () => {
    const olds = { name: "a", tags: { x: "1", y: "2" }, policy: '{"Version":"1","Statement":[]}' };
    const news = { policy: '{ "Statement": [], "Version": "1" }', tags: { y: "2", x: "1" }, name: "a" };
    assert.deepEqual(diff("aws:iam/policy:Policy", olds, news), {});
  });

  it("compares node groups, node pools and agent pools as their providers do", () => {
    assert.deepEqual(
      diff(
        "aws:eks/nodeGroup:NodeGroup",
        { instanceTypes: ["g5.xlarge"], scalingConfig: { maxSize: 1 }, labels: { a: "b" } },
        { instanceTypes: ["g6.xlarge"], scalingConfig: { maxSize: 2 }, labels: {} },
      ),
      { "instanceTypes[0]": "update replace", "scalingConfig.maxSize": "update", "labels.a": "delete" },
    );
    const nodes = (machineType: string, count: number, extra: Properties = {}): Properties => ({
      nodeConfig: { machineType, guestAccelerators: [{ type: "nvidia-l4", count }], ...extra },
    });
    assert.deepEqual(diff("gcp:container/nodePool:NodePool", nodes("a", 1), nodes("b", 2, { spot: true })), {
      "nodeConfig.machineType": "update",
      "nodeConfig.guestAccelerators[0].count": "update replace",
      "nodeConfig.spot": "add replace",
    });
    assert.deepEqual(
      diff(
        "azure-native:containerservice:AgentPool",
        { resourceGroupName: "a", vmSize: "x", maxCount: 1 },
        { resourceGroupName: "b", vmSize: "y", maxCount: 2 },
      ),
      { resourceGroupName: "update replace", vmSize: "update replace", maxCount: "update" },
    );
  });

  it("replaces a cluster when its encryption is taken away, not when it is added", () => {
    const encrypted = { encryptionConfig: { provider: { keyArn: "arn" }, resources: ["secrets"] } };
    assert.deepEqual(diff("aws:eks/cluster:Cluster", {}, encrypted), { encryptionConfig: "add" });
    assert.deepEqual(diff("aws:eks/cluster:Cluster", encrypted, {}), { encryptionConfig: "delete replace" });
  });

  it("replaces objects of Kubernetes by kind and by the provider's settings", () => {
    const map = (value: string): Properties => ({
      kind: "ConfigMap",
      metadata: { name: "a" },
      data: { key: value },
    });
    const type = "kubernetes:core/v1:ConfigMap";
    assert.deepEqual(diff(type, map("1"), map("2")), { "data.key": "update replace" });
    assert.deepEqual(diff(type, map("1"), map("2"), { enableConfigMapMutable: true }), {
      "data.key": "update",
    });
    const deployment = (image: string, app: string): Properties => ({
      kind: "Deployment",
      spec: {
        selector: { matchLabels: { app } },
        template: { spec: { containers: [{ name: "a", image }] } },
      },
    });
    assert.deepEqual(diff("kubernetes:apps/v1:Deployment", deployment("1", "a"), deployment("2", "b")), {
      "spec.selector.matchLabels.app": "update replace",
      "spec.template.spec.containers[0].image": "update",
    });
  });

  it("takes an unknown value as a change, and quotes keys that need it", () => {
    assert.deepEqual(diff("aws:ec2/subnet:Subnet", { vpcId: "vpc-1" }, { vpcId: UNKNOWN }), {
      vpcId: "update replace",
    });
    assert.deepEqual(diff("aws:ec2/vpc:Vpc", { tags: { "a.b/c": "1" } }, { tags: { "a.b/c": "2" } }), {
      'tags["a.b/c"]': "update",
    });
  });

  it("takes two ways of writing a place as one", () => {
    const type = "azure-native:resources:ResourceGroup";
    assert.deepEqual(diff(type, { location: "West Europe" }, { location: "westeurope" }), {});
    assert.deepEqual(diff(type, { location: "West Europe" }, { location: "northeurope" }), {
      location: "update replace",
    });
  });

  it("deletes the old one first when both would have the same name", () => {
    const cloud = new Cloud();
    const first = (type: string, olds: Properties, news: Properties) =>
      cloud.provider.diff(cloud.target(type, "thing"), olds, news).deleteBeforeReplace;
    const pool = { resourceGroupName: "g", resourceName: "c", agentPoolName: "gpu" };
    assert.equal(
      first("azure-native:containerservice:AgentPool", { ...pool, vmSize: "a" }, { ...pool, vmSize: "b" }),
      true,
    );
    const vpc = "aws:ec2/vpc:Vpc"; // its id is made up: two may live side by side
    assert.equal(first(vpc, { cidrBlock: "10.0.0.0/16" }, { cidrBlock: "10.1.0.0/16" }), false);
    const group = { clusterName: "c", nodeGroupName: "thing-0123abc" }; // an automatic name
    assert.equal(
      first("aws:eks/nodeGroup:NodeGroup", { ...group, diskSize: 1 }, { ...group, diskSize: 2 }),
      false,
    );
    const map = (value: string): Properties => ({
      kind: "ConfigMap",
      metadata: { name: "fixed" },
      data: { a: value },
    });
    assert.equal(first("kubernetes:core/v1:ConfigMap", map("1"), map("2")), true);
    cloud.remove();
  });
});
