import { join } from "node:path";
import type { Cloud } from "../../../../components/cloud.ts";
import type { CloudSettings } from "../../../../components/cloud-settings.ts";
import { createAzureCloud } from "../../../../components/clouds/azure/azure-cloud.ts";
import { type RecordOptions, recordProgram } from "../../recording-monitor.ts";

export const IMAGE = `registry.example.com/runtime@sha256:${"0".repeat(64)}`;

const common: CloudSettings = {
  stack: "dev-azure",
  projectFolder: join(import.meta.dirname, "..", "..", "..", ".."),
  stateFolder: "/nowhere",
  environment: "development",
  port: 8080,
  queue: { maximumDeliveries: 5, visibilitySeconds: 60 },
  region: "westeurope",
  generalPool: { minimum: 1, maximum: 3, diskGib: 50 },
  gpuPools: [],
  publicEndpoint: { enabled: true, allowedCidrs: ["198.51.100.0/24"] },
  budget: { monthlyUsd: 200, notify: ["ops@example.com"] },
  image: IMAGE,
  deletionProtection: false,
  retainData: false,
  logRetentionDays: 30,
  tags: { project: "skyloom", stack: "dev-azure", owner: "platform-team", "cost-centre": "research" },
  transform: undefined,
};

export const pool: CloudSettings["gpuPools"][number] = {
  name: "t4",
  accelerator: "t4",
  count: 1,
  spot: true,
  minimum: 0,
  maximum: 2,
  diskGib: 100,
  sharing: { mode: "none" },
};

export const development: CloudSettings = { ...common, gpuPools: [pool] };

export const production: CloudSettings = {
  ...common,
  stack: "prod-azure",
  environment: "production",
  deletionProtection: true,
  retainData: true,
  generalPool: { minimum: 3, maximum: 10, diskGib: 100 },
  gpuPools: [{ ...pool, name: "a100", accelerator: "a100-80", spot: false, zones: ["1", "2"] }],
  publicEndpoint: { enabled: false, allowedCidrs: [] },
  logRetentionDays: 90,
  tags: { ...common.tags, stack: "prod-azure" },
};

/** Records the cloud of these settings, and what `use` does with it. */
export async function recordAzure<Result>(
  settings: CloudSettings,
  use: (cloud: Cloud) => Result,
  options: RecordOptions = {},
) {
  return await recordProgram(async () => use(await createAzureCloud(settings)), {
    config: { "azure-native:location": "westeurope" },
    stack: settings.stack,
    ...options,
  });
}

/** Why the cloud of these settings is refused, and how many resources were registered before that. */
export async function refusal(settings: CloudSettings, options: RecordOptions = {}) {
  const recording = await recordProgram(
    async () => {
      try {
        await createAzureCloud(settings);
        return undefined;
      } catch (error) {
        return (error as Error).message;
      }
    },
    { stack: settings.stack, ...options },
  );
  return { message: recording.result, registered: recording.resources.length, log: recording.log };
}

/** Everything that a workload does with a cloud. */
export function useCloud(cloud: Cloud) {
  const identity = cloud.cluster.identity("runtime");
  const grants = {
    read: cloud.bucket.grantRead(identity),
    write: cloud.bucket.grantReadWrite(identity),
    queue: cloud.queue.grantSendReceive(identity),
  };
  cloud.cluster.deploy({
    name: "runtime",
    identity,
    command: ["node", "main.ts"],
    environment: { SKYLOOM_BUCKET: cloud.bucket.url, SKYLOOM_QUEUE: cloud.queue.url },
    ports: ["http"],
    healthCheck: { port: "http", path: "/healthz/ready" },
  });
  return {
    grants: Object.values(grants).map(({ state }) => state),
    principal: identity.principal,
    bucket: cloud.bucket.url,
    queue: cloud.queue.url,
    deadLetter: cloud.queue.deadLetterUrl,
    kubeconfig: cloud.cluster.kubeconfig,
    logs: cloud.cluster.logs,
    repository: cloud.registry?.repository,
    image: cloud.registry?.image,
  };
}

/** An access token with these claims; nobody signed it. */
export function entraToken(claims: Record<string, string>): string {
  return `e30.${Buffer.from(JSON.stringify(claims)).toString("base64url")}.`;
}
