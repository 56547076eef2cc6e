import assert from "node:assert/strict";
import { output, type ResourceTransform, unsecret } from "@pulumi/pulumi";
import type { Cloud, WorkloadIdentity } from "../../../components/cloud.ts";
import type { CloudSettings } from "../../../components/cloud-settings.ts";
import { cloudCases, runCloudCase } from "./cloud.ts";
import type { CloudFixture } from "./cloud-fixture.ts";
import { gcpFixture } from "./gcp-fixture.ts";

type Create = CloudFixture["create"];

/** A cloud that was made, changed. */
const made =
  (change: (cloud: Cloud) => Partial<Cloud>) =>
  (create: Create): Create =>
  async (settings) => {
    const cloud = await create(settings);
    return { ...cloud, ...change(cloud) };
  };
/** A cloud that is made from other settings than those given. */
const given =
  (change: (settings: CloudSettings) => Partial<CloudSettings>) =>
  (create: Create): Create =>
  (settings) =>
    create({ ...settings, ...change(settings) });
/** A cloud whose resources of a type have other inputs or options. */
const registered = (type: RegExp, change: ResourceTransform) =>
  given(({ transform }) => ({
    transform: async (args) => {
      const before = (await transform?.(args)) ?? { props: args.props, opts: args.opts };
      return type.test(args.type) ? await change({ ...args, ...before }) : before;
    },
  }));

const withoutWaiting = (identity: WorkloadIdentity): WorkloadIdentity => ({ ...identity, dependsOn: [] });

/** Clouds with one fault each, and a case that must notice; a contract that passes one of them promises nothing. */
const brokenClouds: Record<string, { breakCreate: (create: Create) => Create; noticedBy: RegExp }> = {
  "tells an address of the bucket that no driver takes": {
    breakCreate: made(({ bucket }) => ({ bucket: { ...bucket, url: output("https://example.com/bucket") } })),
    noticedBy: /in the form that the runtime takes/,
  },
  "has one queue for messages and dead letters": {
    breakCreate: made(({ queue }) => ({ queue: { ...queue, deadLetterUrl: queue.url } })),
    noticedBy: /in the form that the runtime takes/,
  },
  "gives all stacks one bucket": {
    breakCreate: made(({ bucket }) => ({ bucket: { ...bucket, url: output("gs://skyloom-bucket") } })),
    noticedBy: /two stacks buckets and queues of their own/,
  },
  "shows the kubeconfig": {
    breakCreate: made(({ cluster }) => ({
      cluster: { ...cluster, kubeconfig: cluster.kubeconfig && unsecret(cluster.kubeconfig) },
    })),
    noticedBy: /kubeconfig secret/,
  },
  "names the image by a tag": {
    breakCreate: made(({ registry }) => ({
      registry: registry && { ...registry, image: output("example.com/runtime:latest") },
    })),
    noticedBy: /by its digest/,
  },
  "declares something else than its folder does": {
    breakCreate: made(({ capabilities }) => ({
      capabilities: { ...capabilities, budget: { supported: false, reason: "" } },
    })),
    noticedBy: /declares what it does/,
  },
  "grants nothing, and says that it did": {
    breakCreate: made(({ bucket }) => ({
      bucket: { ...bucket, grantReadWrite: () => ({ state: "granted", resources: [] }) },
    })),
    noticedBy: /grants in place before the workload starts/,
  },
  "starts workloads before their grants": {
    breakCreate: made(({ cluster }) => ({
      cluster: {
        ...cluster,
        deploy: (workload) => cluster.deploy({ ...workload, identity: withoutWaiting(workload.identity) }),
      },
    })),
    noticedBy: /grants in place before the workload starts/,
  },
  "grants writing to those who read": {
    breakCreate: made(({ bucket }) => ({ bucket: { ...bucket, grantRead: bucket.grantReadWrite } })),
    noticedBy: /reading without writing/,
  },
  "grants all of storage": {
    breakCreate: registered(/BucketIAMMember$/, ({ props, opts }) => ({
      props: { ...props, role: "roles/storage.admin" },
      opts,
    })),
    noticedBy: /and nothing else/,
  },
  "tells a place of secrets that is no place": {
    breakCreate: made(({ secrets }) => ({
      secrets: secrets && { ...secrets, url: output("gcpsecrets://") },
    })),
    noticedBy: /where secrets are/,
  },
  "grants all secrets of the project": {
    breakCreate: registered(/projects\/iAMMember:IAMMember$/, ({ props: { condition, ...props }, opts }) => ({
      props,
      opts,
    })),
    noticedBy: /read the stack's secrets and nothing else/,
  },
  "grants changing secrets to those who read": {
    breakCreate: registered(/projects\/iAMMember:IAMMember$/, ({ props, opts }) => ({
      props: { ...props, role: "roles/secretmanager.secretVersionManager" },
      opts,
    })),
    noticedBy: /read the stack's secrets and nothing else/,
  },
  "grants secrets, and says so, to nobody": {
    breakCreate: made(({ secrets }) => ({
      secrets: secrets && { ...secrets, grantRead: () => ({ state: "granted", resources: [] }) },
    })),
    noticedBy: /read the stack's secrets and nothing else/,
  },
  "does not end the name of a stack before those of its secrets": {
    breakCreate: registered(/projects\/iAMMember:IAMMember$/, ({ props, opts }) => ({
      props: {
        ...props,
        ...(props.condition && {
          condition: { ...props.condition, expression: props.condition.expression.replace('-")', '")') },
        }),
      },
      opts,
    })),
    noticedBy: /secrets of two stacks apart/,
  },
  "lets KEDA take messages": {
    breakCreate: made(({ queue }) => ({ queue: { ...queue, grantDepth: queue.grantSendReceive } })),
    noticedBy: /read the queue's depth and nothing else/,
  },
  "grants KEDA nothing": {
    breakCreate: made(({ queue }) => ({
      queue: { ...queue, grantDepth: () => ({ state: "granted", resources: [] }) },
    })),
    noticedBy: /read the queue's depth and nothing else/,
  },
  "scales before KEDA is there": {
    breakCreate: made(({ cluster }) => ({
      cluster: {
        ...cluster,
        deploy: (workload) =>
          cluster.deploy({
            ...workload,
            ...(typeof workload.replicas === "object" && {
              replicas: { ...workload.replicas, autoscaler: undefined },
            }),
          }),
      },
    })),
    noticedBy: /scales once KEDA is there/,
  },
  "leaves the budget out": {
    breakCreate: given(() => ({ budget: undefined })),
    noticedBy: /budget with an alarm/,
  },
  "leaves the GPU pools out": { breakCreate: given(() => ({ gpuPools: [] })), noticedBy: /GPU pools/ },
  "keeps a GPU node for nobody": {
    breakCreate: given(({ gpuPools }) => ({ gpuPools: gpuPools.map((pool) => ({ ...pool, minimum: 1 })) })),
    noticedBy: /rest at no node/,
  },
  "buys everything on demand": {
    breakCreate: given(({ gpuPools }) => ({ gpuPools: gpuPools.map((pool) => ({ ...pool, spot: false })) })),
    noticedBy: /spot market/,
  },
  "opens GPU nodes to everybody": {
    breakCreate: registered(/NodePool$/, ({ props, opts }) => ({
      props: { ...props, nodeConfig: { ...props.nodeConfig, taints: [] } },
      opts,
    })),
    noticedBy: /closed to others/,
  },
  "protects nothing": {
    breakCreate: registered(/./, ({ props, opts }) => ({ props, opts: { ...opts, protect: false } })),
    noticedBy: /protects cluster, bucket and registry/,
  },
  "protects what is for trying out": {
    breakCreate: given(() => ({ deletionProtection: true })),
    noticedBy: /protects nothing/,
  },
  "protects whoever wants to destroy": {
    breakCreate: given(() => ({ deletionProtection: true })),
    noticedBy: /lets everything go/,
  },
  "takes the data along": {
    breakCreate: given(() => ({ retainData: false })),
    noticedBy: /leaves the data/,
  },
  "does not tell that its API is closed": {
    breakCreate: given(() => ({ publicEndpoint: { enabled: true, allowedCidrs: ["203.0.113.0/24"] } })),
    noticedBy: /updates from outside cannot reach/,
  },
  "forgets the owner": {
    breakCreate: given(({ tags }) => ({ tags: { ...tags, owner: "unknown" } })),
    noticedBy: /tags whatever bills/,
  },
  "ignores the transform": {
    breakCreate: given(() => ({ transform: undefined })),
    noticedBy: /to the transform/,
  },
  "takes any region": { breakCreate: given(() => ({ region: "us-central1" })), noticedBy: /region/ },
  "lets the whole internet in": {
    breakCreate: given(() => ({ publicEndpoint: { enabled: false, allowedCidrs: [] } })),
    noticedBy: /whole internet/,
  },
  "refuses after it has begun": {
    breakCreate: (create) => async (settings) => {
      const { region, image, gpuPools, publicEndpoint } = gcpFixture.development.settings;
      await create({ ...settings, region, image, gpuPools, publicEndpoint });
      return await create(settings);
    },
    noticedBy: /^refuses /,
  },
  "tells one problem at a time": {
    breakCreate: (create) => async (settings) => {
      try {
        return await create(settings);
      } catch (error) {
        throw new Error((error as Error).message.split("\n").slice(0, 2).join("\n"));
      }
    },
    noticedBy: /several problems at once/,
  },
};

describe("cloud contract", function () {
  this.timeout(60_000);

  it("passes a cloud without faults", async function () {
    this.timeout(180_000);
    for (const cloudCase of cloudCases) await runCloudCase(cloudCase, gcpFixture);
  });

  for (const [fault, { breakCreate, noticedBy }] of Object.entries(brokenClouds))
    it(`does not pass a cloud that ${fault}`, async () => {
      const broken = { ...gcpFixture, create: breakCreate(gcpFixture.create) };
      const cases = cloudCases.filter(({ name }) => noticedBy.test(name));
      assert.ok(cases.length > 0, `no case is called ${noticedBy}`);
      const results = await Promise.allSettled(cases.map((each) => runCloudCase(each, broken)));
      assert.ok(
        results.some(({ status }) => status === "rejected"),
        `${cases.map(({ name }) => name).join(", ")}: passed`,
      );
    });

  it("does not pass a cloud that leaves out without a reason what it should have", async () => {
    const capabilities = {
      ...gcpFixture.capabilities,
      registry: { supported: false, reason: "none today" } as const,
    };
    const broken = { ...gcpFixture, capabilities };
    for (const cloudCase of cloudCases.filter(({ needs }) => needs === "registry"))
      await assert.rejects(runCloudCase(cloudCase, broken), cloudCase.name);
  });
});
