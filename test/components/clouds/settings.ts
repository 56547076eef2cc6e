import { join } from "node:path";
import type { GpuPoolSettings } from "../../../components/cloud.ts";
import type { CloudSettings } from "../../../components/cloud-settings.ts";
import { type RecordOptions, recordProgram } from "../../../simulator/recording/record-program.ts";

export const IMAGE = `registry.example.com/runtime@sha256:${"0".repeat(64)}`;

export const spotPool: GpuPoolSettings = {
  name: "t4",
  accelerator: "t4",
  count: 1,
  spot: true,
  minimum: 0,
  maximum: 2,
  diskGib: 100,
  sharing: { mode: "none" },
};

/** Settings as the configuration makes them; `changes` are where and what a cloud is tried with. */
export function developmentSettings(
  changes: Partial<CloudSettings> & Pick<CloudSettings, "stack" | "region">,
): CloudSettings {
  return {
    projectFolder: join(import.meta.dirname, "..", "..", ".."),
    stateFolder: "/nowhere",
    environment: "development",
    port: 8080,
    queue: { maximumDeliveries: 5, visibilitySeconds: 60 },
    generalPool: { minimum: 1, maximum: 3, diskGib: 50 },
    gpuPools: [spotPool],
    publicEndpoint: { enabled: true, allowedCidrs: ["198.51.100.0/24"] },
    budget: { monthlyUsd: 200, notify: ["ops@example.com"] },
    image: IMAGE,
    deletionProtection: false,
    retainData: false,
    logRetentionDays: 30,
    tags: { project: "skyloom", stack: changes.stack, owner: "platform-team", "cost-centre": "research" },
    transform: undefined,
    ...changes,
  };
}

/** The same stack as it would be in production, under another name. */
export function productionSettings(
  development: CloudSettings,
  changes: Partial<CloudSettings> & Pick<CloudSettings, "stack">,
): CloudSettings {
  return {
    ...development,
    environment: "production",
    deletionProtection: true,
    retainData: true,
    generalPool: { minimum: 3, maximum: 10, diskGib: 100 },
    publicEndpoint: { enabled: false, allowedCidrs: [] },
    tags: { ...development.tags, stack: changes.stack },
    ...changes,
  };
}

/** Why a cloud is refused, and how many resources were registered before that; message undefined: it is not. */
export async function recordRefusal(create: () => Promise<unknown>, options: RecordOptions) {
  const { result, resources, log } = await recordProgram(async () => {
    try {
      await create();
      return undefined;
    } catch (error) {
      return (error as Error).message;
    }
  }, options);
  return { message: result, registered: resources.length, log };
}
