import type { CloudSettings, Environment } from "../../../../components/cloud-settings.ts";
import { createAwsCloud } from "../../../../components/clouds/aws/aws-cloud.ts";
import { recordProgram } from "../../../../simulator/recording/record-program.ts";
import { recordedOnce } from "../recorded-once.ts";
import { developmentSettings, spotPool } from "../settings.ts";

export const gpuPool = spotPool;

/** Settings of a stack as the configuration makes them. */
export function settingsOf(environment: Environment, changes: Partial<CloudSettings> = {}): CloudSettings {
  return developmentSettings({
    stack: "test",
    region: "us-east-1",
    environment,
    budget: { monthlyUsd: 500, notify: ["team@example.com"] },
    publicEndpoint: { enabled: true, allowedCidrs: ["203.0.113.0/24"] },
    deletionProtection: environment === "production",
    retainData: environment !== "development",
    ...changes,
  });
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
export const recordStack = recordedOnce((settings, options) => {
  const program = async () => {
    const cloud = await createAwsCloud(settings);
    const identity = cloud.cluster.identity("runtime");
    cloud.bucket.grantReadWrite(identity);
    cloud.queue.grantSendReceive(identity);
    cloud.secrets?.grantRead(identity);
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
});
