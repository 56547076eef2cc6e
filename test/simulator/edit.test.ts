import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { nodeBinary, projectFolder } from "../../scripts/project.mjs";
import { CloudEditor } from "../../simulator/cloud-editor.ts";
import { Cloud, schemas } from "./fixture.ts";

const BUCKET = "aws:s3/bucket:Bucket";
const CONFIG = { region: "eu-west-1" };

describe("changes from outside of a stack", () => {
  let cloud: Cloud;
  let editor: CloudEditor;
  beforeEach(() => {
    cloud = new Cloud();
    editor = new CloudEditor(cloud.folder, schemas);
  });
  afterEach(() => cloud.remove());

  it("add what no stack made, listed with its tags and without an URN", async () => {
    await editor.add(BUCKET, "leak", { bucket: "leak", tags: { owner: "x" } }, CONFIG);
    const [item] = editor.list();
    assert.equal(item?.urn, undefined);
    assert.deepEqual([item?.name, item?.region, item?.tags], ["leak", "eu-west-1", { owner: "x" }]);
  });

  it("refuse what the cloud would refuse", async () => {
    await assert.rejects(editor.add(BUCKET, "x", { bucket: "No" }, CONFIG), /'No' is not a valid name/);
    await assert.rejects(editor.add("ibm:x/y:Y", "x", {}), /unknown resource type 'ibm:x\/y:Y'/);
    assert.throws(
      () => editor.set(BUCKET, "none", "tags.a", "b"),
      /no simulated aws:s3\/bucket:Bucket 'none'/,
    );
  });

  it("set and remove properties, and fill buckets", async () => {
    const { id, target } = await cloud.create(BUCKET, "data", { bucket: "data", tags: { a: "1" } });
    editor.set(BUCKET, id, "tags.a", "2");
    editor.set(BUCKET, id, "tags.b", "3");
    editor.set(BUCKET, id, "tags.a", undefined);
    assert.deepEqual((await cloud.provider.read(target, id))?.inputs.tags, { b: "3" });
    editor.setObjects(BUCKET, id, 1);
    await assert.rejects(cloud.provider.delete(target, id), /BucketNotEmpty/);
    editor.remove(BUCKET, id);
    assert.deepEqual(editor.list(), []);
  });

  it("change what the cloud reports, which is no input of the stack's", async () => {
    const type = "aws:eks/nodeGroup:NodeGroup";
    const { id, target, inputs } = await cloud.create(BUCKET, "data", { bucket: "data" });
    editor.setOutput(BUCKET, id, "bucketRegion", "eu-west-9");
    const read = await cloud.provider.read(target, id);
    assert.equal(read?.outputs.bucketRegion, "eu-west-9");
    assert.deepEqual(read?.inputs, inputs);
    assert.throws(() => editor.setOutput(type, "none", "releaseVersion", "1"), /no simulated .* 'none'/);
  });

  it("hold on to networks as a controller's load balancers do", async () => {
    const vpc = await cloud.create("aws:ec2/vpc:Vpc", "network", { cidrBlock: "10.0.0.0/16" });
    const subnet = await cloud.create("aws:ec2/subnet:Subnet", "private", {
      vpcId: vpc.id,
      cidrBlock: "10.0.0.0/24",
    });
    const leak = await editor.add(
      "aws:lb/loadBalancer:LoadBalancer",
      "k8s-lb",
      { subnets: [subnet.id] },
      CONFIG,
    );
    await assert.rejects(cloud.provider.delete(subnet.target, subnet.id), /DependencyViolation.*k8s-lb/);
    editor.remove(leak.type, leak.id);
    await cloud.provider.delete(subnet.target, subnet.id);
    await cloud.provider.delete(vpc.target, vpc.id);
  });

  it("are made by a command", () => {
    const run = (...args: string[]) =>
      spawnSync(nodeBinary, [join(projectFolder, "simulator/edit.ts"), "--state", cloud.folder, ...args], {
        encoding: "utf8",
      });
    const added = run("add", BUCKET, "leak", '{"bucket": "leak"}', "--config", '{"region": "eu-west-1"}');
    assert.equal(added.status, 0, added.stderr);
    assert.equal(run("set", BUCKET, "leak", "tags.owner", '"eve"').status, 0);
    assert.equal(run("list").stdout, `${BUCKET} leak\n`);
    assert.equal(JSON.parse(run("list", "--json").stdout)[0].tags.owner, "eve");
    const wrong = run("frobnicate");
    assert.equal(wrong.status, 2);
    assert.match(wrong.stderr, /unknown command 'frobnicate'[\s\S]*usage:/);
  });
});
