import { tmpdir } from "node:os";
import { join } from "node:path";
import type { GpuPoolSettings } from "../../../../components/cloud.ts";
import type { CloudSettings, Environment } from "../../../../components/cloud-settings.ts";
import { createAwsCloud } from "../../../../components/clouds/aws/aws-cloud.ts";
import { type Recording, type RecordOptions, recordProgram } from "../../recording-monitor.ts";

export const gpuPool: GpuPoolSettings = {
  name: "t4",
  accelerator: "t4",
  count: 1,
  spot: true,
  minimum: 0,
  maximum: 2,
  diskGib: 100,
  sharing: { mode: "none" },
};

/** Settings of a stack as the configuration makes them. */
export function settingsOf(environment: Environment, changes: Partial<CloudSettings> = {}): CloudSettings {
  return {
    stack: "test",
    projectFolder: join(import.meta.dirname, "../../../.."),
    stateFolder: tmpdir(),
    environment,
    port: 8080,
    queue: { maximumDeliveries: 5, visibilitySeconds: 60 },
    region: "us-east-1",
    generalPool: { minimum: 1, maximum: 3, diskGib: 50 },
    gpuPools: [gpuPool],
    publicEndpoint: { enabled: true, allowedCidrs: ["203.0.113.0/24"] },
    budget: { monthlyUsd: 500, notify: ["team@example.com"] },
    image: `registry.example.com/runtime@sha256:${"0".repeat(64)}`,
    deletionProtection: environment === "production",
    retainData: environment !== "development",
    logRetentionDays: 30,
    tags: { project: "skyloom", stack: "test", owner: "team", "cost-centre": "research" },
    transform: undefined,
    ...changes,
  };
}

/** Offers every machine type in the zones given, by default in three. */
export const offerings =
  (...zones: string[]) =>
  ({ filters }: { filters?: unknown }) => {
    const [{ values }] = filters as [{ values: string[] }];
    const places = zones.length > 0 ? zones : ["us-east-1a", "us-east-1b", "us-east-1c"];
    const pairs = values.flatMap((type) => places.map((zone): [string, string] => [type, zone]));
    return { instanceTypes: pairs.map(([type]) => type), locations: pairs.map(([, zone]) => zone) };
  };

export const offeringsToken = "aws:ec2/getInstanceTypeOfferings:getInstanceTypeOfferings";

/** Everything that the stack registers, with the runtime's workload as the platform asks for it. */
export function recordStack(
  settings: CloudSettings,
  options: RecordOptions = {},
): Promise<Recording<Record<string, unknown>>> {
  const program = async () => {
    const cloud = await createAwsCloud(settings);
    const identity = cloud.cluster.identity("runtime");
    cloud.bucket.grantReadWrite(identity);
    cloud.queue.grantSendReceive(identity);
    cloud.cluster.deploy({
      name: "runtime",
      identity,
      command: ["node", "runtime/main.ts"],
      environment: { SKYLOOM_BUCKET: cloud.bucket.url, SKYLOOM_QUEUE: cloud.queue.url },
      ports: ["http", "workflows"],
    });
    return {
      bucket: cloud.bucket.url,
      queue: cloud.queue.url,
      deadLetter: cloud.queue.deadLetterUrl,
      repository: cloud.registry?.repository,
      image: cloud.registry?.image,
      kubeconfig: cloud.cluster.kubeconfig,
      logs: cloud.cluster.logs,
      principal: identity.principal,
    };
  };
  const invokes = { [offeringsToken]: offerings(), ...options.invokes };
  return recordProgram(program, { config: { "aws:region": "us-east-1" }, ...options, invokes });
}
