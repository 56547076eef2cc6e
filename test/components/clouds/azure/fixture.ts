import type { Cloud } from "../../../../components/cloud.ts";
import type { CloudSettings } from "../../../../components/cloud-settings.ts";
import { createAzureCloud } from "../../../../components/clouds/azure/azure-cloud.ts";
import { type RecordOptions, recordProgram } from "../../../../simulator/recording/record-program.ts";
import { recordedOnce } from "../recorded-once.ts";
import { developmentSettings, productionSettings, recordRefusal, spotPool } from "../settings.ts";

export const pool = spotPool;

export const development = developmentSettings({ stack: "dev-azure", region: "westeurope" });

export const production = productionSettings(development, {
  stack: "prod-azure",
  gpuPools: [{ ...pool, name: "a100", accelerator: "a100-80", spot: false, zones: ["1", "2"] }],
  logRetentionDays: 90,
});

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
  return await recordRefusal(() => createAzureCloud(settings), { stack: settings.stack, ...options });
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

/** Records the cloud of these settings and what `useCloud` does with it. */
export const recordUsedAzure = recordedOnce((settings, options) => recordAzure(settings, useCloud, options));

/** An access token with these claims; nobody signed it. */
export function entraToken(claims: Record<string, string>): string {
  return `e30.${Buffer.from(JSON.stringify(claims)).toString("base64url")}.`;
}
