import assert from "node:assert/strict";
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { type Properties, UNKNOWN } from "../../simulator/values.ts";
import { Cloud } from "./fixture.ts";

const CLUSTER = "aws:eks/cluster:Cluster";
const NODE_GROUP = "aws:eks/nodeGroup:NodeGroup";
const eks: Properties = { name: "main", roleArn: "arn", vpcConfig: { subnetIds: ["subnet-1"] } };
const pool = (name: string): Properties => ({
  clusterName: "main",
  nodeGroupName: name,
  nodeRoleArn: "arn",
  subnetIds: ["subnet-1"],
  scalingConfig: { minSize: 0, desiredSize: 0, maxSize: 2 },
});

describe("simulated resources", () => {
  let cloud: Cloud;
  beforeEach(() => {
    cloud = new Cloud();
  });
  afterEach(() => cloud.remove());

  it("have ids and outputs in their cloud's form, the same for the same URN", async () => {
    const vpc = await cloud.create("aws:ec2/vpc:Vpc", "network", { cidrBlock: "10.0.0.0/16" });
    assert.match(vpc.id, /^vpc-[0-9a-f]{17}$/);
    assert.equal(vpc.outputs.arn, `arn:aws:ec2:eu-west-1:123456789012:vpc/${vpc.id}`);
    const role = await cloud.create("aws:iam/role:Role", "nodes", { name: "nodes", assumeRolePolicy: "{}" });
    assert.equal(role.outputs.arn, "arn:aws:iam::123456789012:role/nodes");
    const other = new Cloud();
    const again = await other.create("aws:ec2/vpc:Vpc", "network", { cidrBlock: "10.0.0.0/16" });
    assert.deepEqual(again.outputs, vpc.outputs);
    other.remove();
  });

  it("are releases by Helm, in a namespace that is there, of inputs that the SDK knows", async () => {
    const type = "kubernetes:helm.sh/v3:Release";
    const release = { name: "keda", namespace: "keda", chart: "keda", version: "2.17.2", values: { a: 1 } };
    await assert.rejects(cloud.create(type, "keda", release), /namespaces "keda" not found/);
    const space = { apiVersion: "v1", kind: "Namespace", metadata: { name: "keda" } };
    await cloud.create("kubernetes:core/v1:Namespace", "keda", space);
    const { id, outputs } = await cloud.create(type, "keda", release);
    assert.equal(id, "keda/keda");
    assert.equal((outputs.status as Properties).status, "deployed");
    await assert.rejects(cloud.create(type, "again", release), /keda\/keda|exists|already/);
    await assert.rejects(cloud.create(type, "other", { ...release, name: "other", chrat: "x" }), /chrat/);
    const elsewhere = { ...release, namespace: "new", createNamespace: true };
    assert.equal((await cloud.create(type, "elsewhere", elsewhere)).id, "new/keda");
  });

  it("have what programs need of clusters, buckets, queues and identities", async () => {
    const { outputs } = await cloud.create(CLUSTER, "main", eks);
    assert.match(String(outputs.endpoint), /^https:\/\/[0-9A-F]{32}\.gr7\.eu-west-1\.eks\.amazonaws\.com$/);
    const authority = (outputs.certificateAuthority as Properties).data;
    assert.match(Buffer.from(String(authority), "base64").toString(), /^-----BEGIN CERTIFICATE-----/);
    await cloud.create("azure-native:resources:ResourceGroup", "group", { resourceGroupName: "group" });
    const identity = await cloud.create("azure-native:managedidentity:UserAssignedIdentity", "runtime", {
      resourceGroupName: "group",
      resourceName: "runtime",
    });
    assert.match(
      identity.id,
      /^\/subscriptions\/[0-9a-f-]{36}\/resourceGroups\/group\/providers\/Microsoft\.Managed/,
    );
    assert.equal(identity.outputs.location, "westeurope");
    assert.equal(identity.outputs.type, "Microsoft.ManagedIdentity/userAssignedIdentities");
    assert.match(String(identity.outputs.principalId), /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/);
    const bucket = await cloud.create("gcp:storage/bucket:Bucket", "data", {
      location: "EU",
      labels: { a: "b" },
    });
    assert.match(String(bucket.outputs.url), /^gs:\/\/data-[0-9a-f]{7}$/);
    assert.deepEqual(bucket.outputs.effectiveLabels, { "goog-pulumi-provisioned": "true", a: "b" });
    assert.equal(bucket.outputs.project, "my-project");
  });

  it("leave what is computed unknown in a preview", () => {
    const preview = cloud.provider.previewCreate(cloud.target(CLUSTER, "main"), eks);
    assert.equal(preview.name, "main");
    assert.equal(preview.endpoint, UNKNOWN);
    assert.equal(preview.certificateAuthority, UNKNOWN);
    assert.deepEqual(readdirSync(join(cloud.folder, "resources")), []);
  });

  it("are given names that fit, and keep them", () => {
    const named = (type: string, name: string, olds: Properties = {}, news: Properties = {}) =>
      cloud.provider.check(cloud.target(type, name), olds, news).inputs;
    assert.match(String(named("aws:s3/bucket:Bucket", "Data").bucket), /^data-[0-9a-f]{7}$/);
    assert.match(String(named("gcp:pubsub/topic:Topic", "Jobs").name), /^jobs-[0-9a-f]{7}$/);
    assert.match(
      String(named("azure-native:storage:StorageAccount", "my-data").accountName),
      /^mydata[0-9a-f]{8}$/,
    );
    assert.match(
      String(named("aws:sqs/queue:Queue", "jobs", {}, { fifoQueue: true }).name),
      /^jobs-[0-9a-f]{7}\.fifo$/,
    );
    const topic = named("gcp:pubsub/topic:Topic", "jobs");
    assert.equal(named("gcp:pubsub/topic:Topic", "jobs", topic).name, topic.name);
    assert.equal(named("gcp:pubsub/topic:Topic", "jobs", topic, { name: "other" }).name, "other");
  });

  it("carry the provider's default tags, and get its location", () => {
    const target = cloud.target("aws:ec2/vpc:Vpc", "a", {
      defaultTags: { tags: { owner: "team", stack: "x" } },
    });
    const { inputs } = cloud.provider.check(target, {}, { cidrBlock: "10.0.0.0/16", tags: { stack: "dev" } });
    assert.deepEqual(inputs.tags, { owner: "team", stack: "dev" });
  });

  it("are refused by their cloud's rules for names, tags and numbers, all at once", () => {
    const problems = (type: string, inputs: Properties) =>
      cloud.provider.check(cloud.target(type, "x"), {}, inputs).failures.map(({ property }) => property);
    assert.deepEqual(problems("aws:s3/bucket:Bucket", { bucket: "My_Bucket" }), ["bucket"]);
    const account = { resourceGroupName: "g", kind: "StorageV2", sku: { name: "Standard_LRS" } };
    assert.deepEqual(
      problems("azure-native:storage:StorageAccount", { ...account, accountName: "my-data" }),
      ["accountName"],
    );
    assert.deepEqual(
      problems("azure-native:storage:StorageAccount", { ...account, accountName: "mydata24" }),
      [],
    );
    assert.deepEqual(
      problems("gcp:storage/bucket:Bucket", { location: "EU", name: "goog-x", labels: { Owner: "x" } }),
      ["name", "labels.Owner"],
    );
    assert.deepEqual(problems("aws:sqs/queue:Queue", { name: "ok", visibilityTimeoutSeconds: 43_201 }), [
      "visibilityTimeoutSeconds",
    ]);
    assert.deepEqual(
      problems(NODE_GROUP, { ...pool("gpu"), scalingConfig: { minSize: 3, desiredSize: 2, maxSize: 1 } }),
      ["scalingConfig.minSize", "scalingConfig.desiredSize"],
    );
    assert.deepEqual(problems("kubernetes:core/v1:Namespace", { metadata: { name: "Not_Valid" } }), [
      "metadata.name",
    ]);
    const scaler = {
      apiVersion: "keda.sh/v2",
      kind: "ScaledObject",
      metadata: { name: "a" },
      spec: { free: 1 },
    };
    assert.deepEqual(problems("kubernetes:keda.sh/v1alpha1:ScaledObject", scaler), ["apiVersion"]);
  });

  it("conflict with one of the same name, from whatever stack", async () => {
    await cloud.create("aws:s3/bucket:Bucket", "data", { bucket: "taken" });
    await assert.rejects(
      cloud.create("aws:s3/bucket:Bucket", "other", { bucket: "taken" }),
      /BucketAlreadyOwnedByYou/,
    );
    const template = "aws:ec2/launchTemplate:LaunchTemplate";
    await cloud.create(template, "gpu", { name: "gpu" });
    await assert.rejects(cloud.create(template, "other", { name: "gpu" }), /AlreadyExistsException/);
  });

  it("take a node pool's place from its cluster", async () => {
    const cluster = await cloud.create("gcp:container/cluster:Cluster", "main", { location: "us-east1" });
    const made = await cloud.create("gcp:container/nodePool:NodePool", "gpu", { cluster: cluster.id });
    assert.match(
      made.id,
      /^projects\/my-project\/locations\/us-east1\/clusters\/main-[0-9a-f]{7}\/nodePools\/gpu-/,
    );
  });

  it("need what they name: cluster, group, namespace", async () => {
    await assert.rejects(cloud.create(NODE_GROUP, "gpu", pool("gpu")), /No cluster found for name: main/);
    const network = { resourceGroupName: "none", addressSpace: { addressPrefixes: ["10.0.0.0/8"] } };
    await assert.rejects(
      cloud.create("azure-native:network:VirtualNetwork", "n", network),
      /Resource group 'none' could not be found/,
    );
    const account = { apiVersion: "v1", kind: "ServiceAccount", metadata: { name: "a", namespace: "none" } };
    await assert.rejects(
      cloud.create("kubernetes:core/v1:ServiceAccount", "a", account),
      /namespaces "none" not found/,
    );
  });

  it("are updated in place, and keep what was computed", async () => {
    const made = await cloud.create(CLUSTER, "main", eks);
    const news = { ...made.inputs, version: "1.35", tags: { a: "b" } };
    const preview = cloud.provider.previewUpdate(made.target, made.id, made, news);
    const outputs = await cloud.provider.update(made.target, made.id, made.inputs, news);
    assert.deepEqual(preview, outputs);
    assert.equal(outputs.version, "1.35");
    assert.equal(outputs.endpoint, made.outputs.endpoint);
    assert.deepEqual(outputs.tagsAll, { a: "b" });
    assert.deepEqual((await cloud.provider.read(made.target, made.id))?.inputs, news);
  });

  it("count up a launch template's version, which a preview does not know", async () => {
    const made = await cloud.create("aws:ec2/launchTemplate:LaunchTemplate", "gpu", {});
    const news = { ...made.inputs, description: "new" };
    assert.equal(made.outputs.latestVersion, 1);
    assert.equal(cloud.provider.previewUpdate(made.target, made.id, made, news).latestVersion, UNKNOWN);
    const updated = await cloud.provider.update(made.target, made.id, made.inputs, news);
    assert.equal(updated.latestVersion, 2);
  });

  it("refuse what Azure refuses: a pool without its cluster, a change that the service does not take", async () => {
    await cloud.create("azure-native:resources:ResourceGroup", "g", { resourceGroupName: "g" });
    const cluster = { resourceGroupName: "g", resourceName: "c" };
    const pool = { ...cluster, agentPoolName: "gpu", osDiskSizeGB: 100 };
    const make = () => cloud.create("azure-native:containerservice:AgentPool", "gpu", pool);
    await assert.rejects(make(), /ParentResourceNotFound.*managedClusters\/c'/);
    await cloud.create("azure-native:containerservice:ManagedCluster", "c", cluster);
    const made = await make();
    const news = { ...made.inputs, osDiskSizeGB: 200 };
    await assert.rejects(
      cloud.provider.update(made.target, made.id, made.inputs, news),
      /PropertyChangeNotAllowed.*properties\.osDiskSizeGB/,
    );
  });

  it("keep the days in which a vault can be brought back, and its protection", async () => {
    await cloud.create("azure-native:resources:ResourceGroup", "g", { resourceGroupName: "g" });
    const tenantId = "11111111-1111-1111-1111-111111111111";
    const made = await cloud.create("azure-native:keyvault:Vault", "secrets", {
      resourceGroupName: "g",
      properties: {
        ...{ tenantId, sku: { family: "A", name: "standard" }, publicNetworkAccess: "Enabled" },
        ...{ enableSoftDelete: true, softDeleteRetentionInDays: 7, enablePurgeProtection: true },
      },
    });
    const update = (changes: object) =>
      cloud.provider.update(made.target, made.id, made.inputs, {
        ...made.inputs,
        properties: { ...(made.inputs.properties as object), ...changes },
      });
    await update({ publicNetworkAccess: "Disabled" });
    await assert.rejects(update({ softDeleteRetentionInDays: 90 }), /BadRequest.*softDeleteRetentionInDays/);
    await assert.rejects(update({ enablePurgeProtection: false }), /BadRequest.*enablePurgeProtection/);
  });

  it("let an API server become private only where it is in the network", async () => {
    await cloud.create("azure-native:resources:ResourceGroup", "g", { resourceGroupName: "g" });
    const update = async (name: string, enableVnetIntegration: boolean) => {
      const profile = (enablePrivateCluster: boolean) => ({
        apiServerAccessProfile: { enablePrivateCluster, enableVnetIntegration },
      });
      const made = await cloud.create("azure-native:containerservice:ManagedCluster", name, {
        ...{ resourceGroupName: "g", resourceName: name },
        ...profile(false),
      });
      const news = { ...made.inputs, ...profile(true) };
      const { changes, deleteBeforeReplace } = cloud.provider.diff(made.target, made.inputs, news);
      assert.equal([...changes.values()].some(({ replaces }) => replaces) || deleteBeforeReplace, false);
      return await cloud.provider.update(made.target, made.id, made.inputs, news);
    };
    await update("inside", true);
    await assert.rejects(
      update("outside", false),
      /PropertyChangeNotAllowed.*properties\.apiServerAccessProfile\.enablePrivateCluster/,
    );
  });

  it("cannot be deleted while something hangs on them", async () => {
    const cluster = await cloud.create(CLUSTER, "main", eks);
    const group = await cloud.create(NODE_GROUP, "gpu", pool("gpu"));
    await assert.rejects(
      cloud.provider.delete(cluster.target, cluster.id),
      /Cluster has nodegroups attached/,
    );
    await cloud.provider.delete(group.target, group.id);
    await cloud.provider.delete(cluster.target, cluster.id);
    assert.equal(await cloud.provider.read(cluster.target, cluster.id), undefined);
    await cloud.provider.delete(cluster.target, cluster.id); // gone already: no error
  });

  it("cannot be deleted while protected", async () => {
    const gke = await cloud.create("gcp:container/cluster:Cluster", "main", {
      name: "main",
      location: "europe-west4",
    });
    await assert.rejects(cloud.provider.delete(gke.target, gke.id), /deletionProtection is set to true/);
    await cloud.provider.update(gke.target, gke.id, gke.inputs, { ...gke.inputs, deletionProtection: false });
    await cloud.provider.delete(gke.target, gke.id);
    const protectedCluster = await cloud.create(CLUSTER, "main", { ...eks, deletionProtection: true });
    await assert.rejects(
      cloud.provider.delete(protectedCluster.target, "main"),
      /has deletion protection enabled/,
    );
  });

  it("take along what is in them: resource group, namespace", async () => {
    const group = await cloud.create("azure-native:resources:ResourceGroup", "g", { resourceGroupName: "g" });
    const identity = { resourceGroupName: "g", resourceName: "runtime" };
    await cloud.create("azure-native:managedidentity:UserAssignedIdentity", "i", identity);
    await cloud.provider.delete(group.target, group.id);
    assert.deepEqual(cloud.store.list(), []);
  });

  it("of Google Cloud's key rings outlive their stack, and their name stays taken", async () => {
    const ring = await cloud.create("gcp:kms/keyRing:KeyRing", "ring", {
      name: "ring",
      location: "europe-west4",
    });
    await cloud.provider.delete(ring.target, ring.id);
    assert.equal(await cloud.provider.read(ring.target, ring.id), undefined);
    await assert.rejects(
      cloud.create("gcp:kms/keyRing:KeyRing", "ring", { name: "ring", location: "europe-west4" }),
      /Error 409: Already exists/,
    );
  });

  it("of a cluster that is gone cannot be reached", async () => {
    const server = "https://203.0.113.7";
    const kubeconfig = JSON.stringify({
      "current-context": "c",
      contexts: [{ name: "c", context: { cluster: "c" } }],
      clusters: [{ name: "c", cluster: { server } }],
    });
    const space = { apiVersion: "v1", kind: "Namespace", metadata: { name: "a" } };
    const config = { kubeconfig };
    await assert.rejects(
      cloud.create("kubernetes:core/v1:Namespace", "a", space, config),
      /cluster is unreachable/,
    );
    const gke = await cloud.create("gcp:container/cluster:Cluster", "main", { location: "europe-west4" });
    cloud.store.replace({
      ...(await cloud.provider.read(gke.target, gke.id).then((found) => found ?? assert.fail())),
      outputs: { ...gke.outputs, endpoint: "203.0.113.7" },
    });
    assert.equal((await cloud.create("kubernetes:core/v1:Namespace", "a", space, config)).id, "a");
  });

  it("of a cluster that is gone count as deleted when the provider is told so", async () => {
    const server = "https://203.0.113.9";
    const kubeconfig = JSON.stringify({
      clusters: [{ name: "c", cluster: { server } }],
      contexts: [{ name: "c", context: { cluster: "c" } }],
    });
    const target = cloud.target("kubernetes:core/v1:Namespace", "a", { kubeconfig, deleteUnreachable: true });
    assert.equal(await cloud.provider.read(target, "a"), undefined);
    await cloud.provider.delete(target, "a");
    const strict = cloud.target("kubernetes:core/v1:Namespace", "a", { kubeconfig });
    await assert.rejects(cloud.provider.delete(strict, "a"), /cluster is unreachable/);
  });

  it("lie on disk as JSON that people may edit, and survive the process", async () => {
    const made = await cloud.create("aws:s3/bucket:Bucket", "data", { bucket: "data" });
    const [name = ""] = readdirSync(join(cloud.folder, "resources"));
    const file = join(cloud.folder, "resources", name);
    const stored = JSON.parse(readFileSync(file, "utf8"));
    assert.equal(stored.id, "data");
    writeFileSync(file, JSON.stringify({ ...stored, inputs: { ...stored.inputs, forceDestroy: true } }));
    assert.equal((await cloud.provider.read(made.target, "data"))?.inputs.forceDestroy, true);
    writeFileSync(file, "{");
    await assert.rejects(
      cloud.provider.read(made.target, "data"),
      /simulated resource .*aws_s3_bucket_Bucket/,
    );
  });
});
