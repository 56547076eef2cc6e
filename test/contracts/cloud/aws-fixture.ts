import { createAwsCloud } from "../../../components/clouds/aws/aws-cloud.ts";
import { capabilities } from "../../../components/clouds/aws/capabilities.ts";
import { recordProgram } from "../../../simulator/recording/record-program.ts";
import type { CloudFixture } from "./cloud-fixture.ts";
import { readExampleStack } from "./example-settings.ts";

const development = readExampleStack("dev-aws", "/nowhere");
const NODE_GROUP = "aws:eks/nodeGroup:NodeGroup";

export const awsFixture: CloudFixture = {
  name: "aws",
  create: createAwsCloud,
  record: recordProgram,
  capabilities,
  development,
  production: readExampleStack("prod-aws", "/nowhere"),
  providerConfigIn: (region) => ({ ...development.providerConfig, "aws:region": region }),
  urls: {
    bucket: /^s3:\/\/[a-z0-9][a-z0-9-]{1,61}[a-z0-9]\?region=[a-z0-9-]+$/,
    queue: /^sqs:\/\/\d{12}\/[A-Za-z0-9_-]{1,80}\?deadLetters=[A-Za-z0-9_-]+&region=[a-z0-9-]+$/,
    secrets: /^awssecrets:\/\/\d{12}\/[a-z0-9-]{1,63}\?region=[a-z0-9-]+$/,
    deadLetter: /^https:\/\/sqs\.[a-z0-9-]+\.amazonaws\.com\/\d{12}\/[A-Za-z0-9_-]*dead-letter/,
  },
  secretsNamedLate: false,
  holdsForSecret(target, url, secret) {
    const { host, pathname, searchParams } = new URL(url);
    // Six characters of AWS's own end each.
    const arn = `arn:aws:secretsmanager:${searchParams.get("region")}:${host}:secret:${pathname.slice(1)}/${secret}-a1b2C3`;
    const [start = "", end] = target.split("*");
    return end === "" ? arn.startsWith(start) : arn === target;
  },
  readsSecrets: /^secretsmanager:GetSecretValue$/,
  kept: {
    cluster: "aws:eks/cluster:Cluster",
    bucket: "aws:s3/bucket:Bucket",
    registry: "aws:ecr/repository:Repository",
  },
  workloadType: "kubernetes:apps/v1:Deployment",
  shows: {
    foundation: ({ type }) => type === "aws:s3/bucket:Bucket",
    registry: ({ type }) => type === "aws:ecr/repository:Repository",
    workloadIdentity: ({ type }) => type === "aws:eks/podIdentityAssociation:PodIdentityAssociation",
    gpuPools: ({ type, inputs }) => type === NODE_GROUP && inputs.amiType.endsWith("_NVIDIA"),
    budget: ({ type, inputs }) => type === "aws:budgets/budget:Budget" && inputs.notifications.length > 0,
    privateNetwork: ({ type, name, inputs }) =>
      type === "aws:ec2/subnet:Subnet" && name.startsWith("private-") && inputs.mapPublicIpOnLaunch === false,
  },
  elsewhere: { region: "eu-west-1", accelerator: "l4" },
  machineTypeWithoutGpu: "m7i.xlarge",
  smallQuotas: { "aws/L-3819A6DF": 0 },
  gpuPool(recording, name) {
    const { inputs } = recording.one(NODE_GROUP, `pool-${name}`);
    return {
      minimum: inputs.scalingConfig.minSize,
      maximum: inputs.scalingConfig.maxSize,
      spot: inputs.capacityType === "SPOT",
      labels: inputs.labels,
      taints: inputs.taints.map(
        ({ key, value, effect }: Record<string, string>) =>
          `${key}=${value}:${effect === "NO_SCHEDULE" ? "NoSchedule" : effect}`,
      ),
      repairs: inputs.nodeRepairConfig.enabled,
    };
  },
  wholeProject: /^$/,
  permissions: ({ inputs }) =>
    (JSON.parse(inputs.policy).Statement as { Action: string | string[]; Resource: string | string[] }[]).map(
      ({ Action, Resource }) => ({ actions: [Action].flat(), targets: [Resource].flat() }),
    ),
};
