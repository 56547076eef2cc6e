import { join } from "node:path";
import type { Cloud } from "../../../../components/cloud.ts";
import type { CloudSettings } from "../../../../components/cloud-settings.ts";
import { createGcpCloud } from "../../../../components/clouds/gcp/gcp-cloud.ts";
import { type RecordOptions, recordProgram } from "../../recording-monitor.ts";

export const PROJECT = "skyloom-test";
export const IMAGE = `registry.example.com/runtime@sha256:${"0".repeat(64)}`;

const common: CloudSettings = {
  stack: "dev-gcp",
  projectFolder: join(import.meta.dirname, "..", "..", "..", ".."),
  stateFolder: "/nowhere",
  environment: "development",
  port: 8080,
  queue: { maximumDeliveries: 5, visibilitySeconds: 60 },
  region: "europe-west4",
  generalPool: { minimum: 1, maximum: 3, diskGib: 50 },
  gpuPools: [],
  publicEndpoint: { enabled: true, allowedCidrs: ["198.51.100.0/24"] },
  budget: { monthlyUsd: 200, notify: [] },
  image: IMAGE,
  deletionProtection: false,
  retainData: false,
  logRetentionDays: 7,
  tags: { project: "skyloom", stack: "dev-gcp", owner: "platform-team", "cost-centre": "research" },
  transform: undefined,
};

export const pool: CloudSettings["gpuPools"][number] = {
  name: "l4",
  accelerator: "l4",
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
  stack: "prod-gcp",
  environment: "production",
  deletionProtection: true,
  retainData: true,
  generalPool: { minimum: 3, maximum: 10, diskGib: 100 },
  gpuPools: [{ ...pool, spot: false }],
  publicEndpoint: { enabled: false, allowedCidrs: [] },
  tags: { ...common.tags, stack: "prod-gcp" },
};

/** Records the cloud of these settings, and what `use` does with it. */
export async function recordGcp<Result>(
  settings: CloudSettings,
  use: (cloud: Cloud) => Result,
  options: RecordOptions = {},
) {
  return await recordProgram(async () => use(await createGcpCloud(settings)), {
    config: { "gcp:project": PROJECT },
    stack: settings.stack,
    ...options,
  });
}

/** Why the cloud of these settings is refused, and how many resources were registered before that. */
export async function refusal(settings: CloudSettings, options: RecordOptions = {}) {
  const recording = await recordProgram(
    async () => {
      try {
        await createGcpCloud(settings);
        return undefined;
      } catch (error) {
        return (error as Error).message;
      }
    },
    { config: { "gcp:project": PROJECT }, stack: settings.stack, ...options },
  );
  return { message: recording.result, registered: recording.resources.length, log: recording.log };
}
