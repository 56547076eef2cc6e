import type { Cloud, GpuPoolSettings, Grant } from "../../../components/cloud.ts";
import type { CloudSettings } from "../../../components/cloud-settings.ts";
import type { RecordOptions } from "../../../simulator/recording/record-program.ts";
import { recordedOnce } from "../../components/clouds/recorded-once.ts";
import type { CloudFixture } from "./cloud-fixture.ts";

export const IMAGE = `registry.example.com/runtime@sha256:${"5".repeat(64)}`;

const recorders = new WeakMap<CloudFixture, ReturnType<typeof recorderOf>>();

/** The cloud as the platform uses it: an identity, its grants, a workload. */
export async function recordCloud(
  fixture: CloudFixture,
  settings: CloudSettings,
  options: RecordOptions = {},
) {
  const record = recorders.get(fixture) ?? recorderOf(fixture);
  recorders.set(fixture, record);
  return await record(settings, options);
}

function recorderOf(fixture: CloudFixture) {
  const config = fixture.development.providerConfig;
  return recordedOnce((settings, options) =>
    fixture.record(async () => use(await fixture.create(settings)), {
      stack: settings.stack,
      config,
      ...options,
    }),
  );
}

/** The stack of the example, with an image that need not be built. */
export function developmentSettings({ development }: CloudFixture): CloudSettings {
  return { ...development.settings, image: IMAGE };
}

/** The example's GPU pool, or for a cloud without any the one that others have. */
export function gpuPool({ development }: CloudFixture): GpuPoolSettings {
  const nodes = { spot: true, minimum: 0, maximum: 1, diskGib: 100 };
  const other: GpuPoolSettings = {
    name: "t4",
    accelerator: "t4",
    count: 1,
    ...nodes,
    sharing: { mode: "none" },
  };
  return development.settings.gpuPools[0] ?? other;
}

function use(cloud: Cloud) {
  const { bucket, queue, secrets, cluster, registry, capabilities } = cloud;
  const identity = cluster.identity("runtime");
  const needed = [...identity.dependsOn];
  const grants: Record<"bucket" | "queue" | "secrets", Grant> = {
    bucket: bucket.grantReadWrite(identity),
    queue: queue.grantSendReceive(identity),
    secrets: secrets?.grantRead(identity) ?? { state: "not-applicable", reason: "nobody named any" },
  };
  const reader = cluster.identity("reader");
  const read = bucket.grantRead(reader);
  cluster.deploy({
    name: "runtime",
    identity,
    command: ["node", "runtime/main.ts"],
    environment: {
      SKYLOOM_BUCKET: bucket.url,
      SKYLOOM_QUEUE: queue.url,
      ...(secrets !== undefined && { SKYLOOM_SECRETS: secrets.url }),
    },
    ports: ["http"],
    healthCheck: { port: "http", path: "/healthz/ready" },
  });
  return {
    capabilities,
    bucket: bucket.url,
    queue: queue.url,
    deadLetter: queue.deadLetterUrl,
    secrets: secrets?.url,
    logs: cluster.logs,
    kubeconfig: cluster.kubeconfig,
    repository: registry?.repository,
    image: registry?.image,
    principal: identity.principal,
    address: cluster.address("runtime", "http"),
    needed: needed.map(({ urn }) => urn),
    grants: {
      bucket: outcome(grants.bucket),
      queue: outcome(grants.queue),
      secrets: outcome(grants.secrets),
      read: outcome(read),
    },
  };
}

function outcome(grant: Grant) {
  return grant.state === "granted"
    ? { state: grant.state, urns: grant.resources.map(({ urn }) => urn), reason: "" }
    : { state: grant.state, urns: [], reason: grant.reason };
}

/** Why the cloud refuses these settings, and what it had registered by then. */
export async function refusalOf(fixture: CloudFixture, settings: CloudSettings, options: RecordOptions = {}) {
  const program = async () => {
    try {
      await fixture.create(settings);
      return undefined;
    } catch (error) {
      return (error as Error).message;
    }
  };
  const config = fixture.development.providerConfig;
  const { result, resources } = await fixture.record(program, { stack: settings.stack, config, ...options });
  return { message: result, registered: resources.map(({ urn }) => urn) };
}
