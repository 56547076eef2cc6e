import type { Cloud } from "../../../../components/cloud.ts";
import type { CloudSettings } from "../../../../components/cloud-settings.ts";
import { createGcpCloud } from "../../../../components/clouds/gcp/gcp-cloud.ts";
import { type RecordOptions, recordProgram } from "../../../../simulator/recording/record-program.ts";
import { developmentSettings, productionSettings, recordRefusal, spotPool } from "../settings.ts";

export const PROJECT = "skyloom-test";

export const pool: CloudSettings["gpuPools"][number] = { ...spotPool, name: "l4", accelerator: "l4" };

export const development = developmentSettings({
  stack: "dev-gcp",
  region: "europe-west4",
  gpuPools: [pool],
  budget: { monthlyUsd: 200, notify: [] },
  logRetentionDays: 7,
});

export const production = productionSettings(development, {
  stack: "prod-gcp",
  gpuPools: [{ ...pool, spot: false }],
});

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
  return await recordRefusal(() => createGcpCloud(settings), {
    config: { "gcp:project": PROJECT },
    stack: settings.stack,
    ...options,
  });
}
