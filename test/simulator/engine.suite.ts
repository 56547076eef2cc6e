import assert from "node:assert/strict";
import type { Variant } from "./program/variant.ts";
import { Workspace } from "./workspace.ts";

const AWS: Variant = { clouds: ["aws"] };
const LARGER: Variant = { ...AWS, gpuMaximum: 3, awsMachine: "p5.48xlarge" };
const CLUSTER = "aws:eks/cluster:Cluster";
const NODE_GROUP = "aws:eks/nodeGroup:NodeGroup";
const BUCKET = "aws:s3/bucket:Bucket";

describe("the real engine on the simulated clouds", function () {
  this.timeout(180_000);
  const workspace = new Workspace();
  before(() => workspace.start());
  after(() => workspace.stop());

  it("previews a stack on all clouds without making anything", async () => {
    const steps = await workspace.changes();
    assert.equal(steps.length, 59);
    assert.ok(steps.every((step) => step.startsWith("create ")));
    assert.deepEqual(workspace.held(), []);
  });

  it("makes it, with outputs in the clouds' own forms", async () => {
    const { exitCode, output } = await workspace.up();
    assert.equal(exitCode, 0, output);
    assert.match(output, /\+ 59 created/);
    const { stdout } = await workspace.run(["stack", "output", "--json", "--show-secrets"]);
    const outputs = JSON.parse(stdout);
    assert.match(outputs.aws.endpoint, /^https:\/\/[0-9A-F]{32}\.gr7\.eu-west-1\.eks\.amazonaws\.com$/);
    assert.match(outputs.aws.bucketArn, /^arn:aws:s3:::data-[0-9a-f]{7}$/);
    assert.match(outputs.aws.queueUrl, /^https:\/\/sqs\.eu-west-1\.amazonaws\.com\/\d{12}\/jobs-/);
    assert.match(outputs.azure.blob, /^https:\/\/data[0-9a-f]{8}\.blob\.core\.windows\.net\/$/);
    assert.equal(JSON.parse(outputs.azure.kubeconfig).kind, "Config");
    assert.match(outputs.gcp.subscription, /^projects\/skyloom-test\/subscriptions\/jobs-/);
    assert.match(outputs.image, /\.azurecr\.io\/runtime@sha256:[0-9a-f]{64}$/);
    assert.equal(outputs.kubernetes.ready, 1);
  });

  it("finds nothing to do the second time, and a refresh finds no drift", async () => {
    assert.deepEqual(await workspace.changes(), []);
    const { exitCode, output } = await workspace.run([
      "refresh",
      "--yes",
      "--skip-preview",
      "--expect-no-changes",
    ]);
    assert.equal(exitCode, 0, output);
  });

  it("shows a change of a maximum as updates in place", async () => {
    const steps = await workspace.steps({ gpuMaximum: 4 });
    const changed = steps.map(({ op, urn, detailedDiff }) => [op, urn.split("::").at(-2), detailedDiff]);
    assert.deepEqual(
      changed.sort((left, right) => String(left[1]).localeCompare(String(right[1]))),
      [
        ["update", NODE_GROUP, { "scalingConfig.maxSize": { kind: "update", inputDiff: true } }],
        [
          "update",
          "azure-native:containerservice:AgentPool",
          { maxCount: { kind: "update", inputDiff: true } },
        ],
        [
          "update",
          "gcp:container/nodePool:NodePool",
          { "autoscaling.totalMaxNodeCount": { kind: "update", inputDiff: true } },
        ],
      ],
    );
  });

  it("shows what a provider replaces as a replacement, and only that", async () => {
    const machines = {
      awsMachine: "p5.48xlarge",
      azureMachine: "Standard_ND96isr_H100_v5",
      gcpMachine: "a3-highgpu-8g",
    };
    assert.deepEqual(await workspace.changes(machines), [
      "replace aws:eks/nodeGroup:NodeGroup::gpu",
      "replace azure-native:containerservice:AgentPool::gpu",
      "update gcp:container/nodePool:NodePool::gpu",
    ]);
  });

  it("destroys everything, on every cloud", async () => {
    const { exitCode, output } = await workspace.run(["destroy", "--yes", "--skip-preview"]);
    assert.equal(exitCode, 0, output);
    assert.deepEqual(workspace.held(), []);
    assert.deepEqual(await workspace.state(), []);
  });
});

describe("failures of the simulated clouds, through the real engine", function () {
  this.timeout(180_000);
  const workspace = new Workspace();
  before(() => workspace.start());
  after(() => workspace.stop());
  const initErrors = async () => (await workspace.state()).filter((resource) => resource.initErrors?.length);

  it("refuses a property that the SDK does not have before anything is made, and names the nearest", async () => {
    const { exitCode, output } = await workspace.run(["up", "--yes"], { ...AWS, mistake: true });
    assert.notEqual(exitCode, 0);
    assert.match(output, /unknown property 'endpointPublic'; did you mean 'endpointPublicAccess'\?/);
    assert.match(output, /vpcConfig\.endpointPublic/);
    assert.deepEqual(workspace.held(), []);
  });

  it("reports a quota, keeps what was made, and goes on when it is raised", async () => {
    workspace.setFaults([{ type: NODE_GROUP, operation: "create", kind: "quota" }]);
    const failed = await workspace.up(AWS);
    assert.notEqual(failed.exitCode, 0);
    assert.match(failed.output, /gpu.*\n?[\s\S]*VcpuLimitExceeded/);
    assert.ok(workspace.editor.list().some(({ type }) => type === CLUSTER));
    const resumed = await workspace.up(AWS);
    assert.equal(resumed.exitCode, 0, resumed.output);
    assert.match(resumed.output, /\+ 1 created/);
  });

  it("updates and replaces for real, and then has nothing to do", async () => {
    const { exitCode, output } = await workspace.up(LARGER);
    assert.equal(exitCode, 0, output);
    const groups = workspace.editor.list().filter(({ type }) => type === NODE_GROUP);
    assert.equal(groups.length, 1); // the old one is gone
    const group = workspace.editor.get(NODE_GROUP, groups[0]?.id ?? "");
    assert.deepEqual(group?.outputs.instanceTypes, ["p5.48xlarge"]);
    assert.deepEqual(await workspace.changes(LARGER), []);
  });

  it("notices drift and deletion on refresh, and puts both right on the next up", async () => {
    const bucket = workspace.editor.list().find(({ type }) => type === BUCKET)?.id ?? "";
    workspace.editor.set(BUCKET, bucket, "tags.project", "someone else");
    const repository = workspace.editor.list().find(({ type }) => type === "aws:ecr/repository:Repository");
    workspace.editor.remove(repository?.type ?? "", repository?.id ?? "");
    const refreshed = await workspace.run(["refresh", "--yes", "--skip-preview"], LARGER);
    assert.match(refreshed.output, /~ 1 updated[\s\S]*- 1 deleted/);
    const { output } = await workspace.up(LARGER);
    assert.match(output, /\+ 1 created[\s\S]*~ 1 updated/);
    assert.equal(workspace.editor.list().find(({ id }) => id === bucket)?.tags.project, "skyloom");
  });

  it("keeps a half-made resource in the state and finishes it the next time", async () => {
    const variant = { ...LARGER, awsMachine: "g6.12xlarge" };
    workspace.setFaults([{ type: NODE_GROUP, operation: "create", kind: "half-created" }]);
    const failed = await workspace.up(variant);
    assert.notEqual(failed.exitCode, 0);
    assert.match(failed.output, /CREATE_FAILED/);
    assert.equal((await initErrors()).length, 1);
    const resumed = await workspace.up(variant);
    assert.equal(resumed.exitCode, 0, resumed.output);
    assert.equal((await initErrors()).length, 0);
    assert.equal(workspace.editor.list().filter(({ type }) => type === NODE_GROUP).length, 1);
  });

  it("rides out throttling as the providers do", async () => {
    workspace.setFaults([{ provider: "aws", operation: "update", kind: "throttling", times: 4 }]);
    const { exitCode, output } = await workspace.up({ ...LARGER, gpuMaximum: 8, awsMachine: "g6.12xlarge" });
    assert.equal(exitCode, 0, output);
  });

  it("reports an expired login before anything is touched", async () => {
    workspace.setFaults([{ provider: "aws", operation: "configure", kind: "expired-login" }]);
    const before = workspace.editor.list();
    const { exitCode, output } = await workspace.up({ ...LARGER, gpuMaximum: 9 });
    assert.notEqual(exitCode, 0);
    assert.match(output, /ExpiredToken/);
    assert.deepEqual(workspace.editor.list(), before);
  });

  it("does not delete a bucket with objects, and leaves the stack able to go on", async () => {
    workspace.setFaults([]);
    const bucket = workspace.editor.list().find(({ type }) => type === BUCKET)?.id ?? "";
    workspace.editor.setObjects(BUCKET, bucket, 3);
    const failed = await workspace.run(["destroy", "--yes", "--skip-preview"]);
    assert.notEqual(failed.exitCode, 0);
    assert.match(failed.output, /BucketNotEmpty/);
    workspace.editor.setObjects(BUCKET, bucket, 0);
    const done = await workspace.run(["destroy", "--yes", "--skip-preview"]);
    assert.equal(done.exitCode, 0, done.output);
    assert.deepEqual(workspace.held(), []);
  });

  it("imports what is there, by the program and by the command, and says when it is not", async () => {
    const config = { region: "eu-west-1" };
    const tags = { project: "skyloom", stack: "test" };
    await workspace.editor.add(BUCKET, "legacy", { bucket: "legacy-data", tags }, config);
    const imported = await workspace.up({ ...AWS, importBucket: "legacy-data" });
    assert.equal(imported.exitCode, 0, imported.output);
    assert.match(imported.output, /= 1 imported/);
    await workspace.editor.add(BUCKET, "other", { bucket: "other-data" }, config);
    const command = [
      "import",
      BUCKET,
      "other",
      "other-data",
      "--yes",
      "--generate-code=false",
      "--protect=false",
    ];
    assert.equal((await workspace.run(command)).exitCode, 0);
    const missing = await workspace.run([
      "import",
      BUCKET,
      "third",
      "third-data",
      "--yes",
      "--generate-code=false",
    ]);
    assert.match(missing.output, /'third-data' does not exist/);
  });
});
