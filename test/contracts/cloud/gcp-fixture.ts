import { capabilities } from "../../../components/clouds/gcp/capabilities.ts";
import { createGcpCloud } from "../../../components/clouds/gcp/gcp-cloud.ts";
import { recordProgram } from "../../../simulator/recording/record-program.ts";
import { GCP_PROJECT_NUMBER } from "../../../simulator/session.ts";
import type { CloudFixture } from "./cloud-fixture.ts";
import { readExampleStack } from "./example-settings.ts";

const development = readExampleStack("dev-gcp", "/nowhere");

export const gcpFixture: CloudFixture = {
  name: "gcp",
  create: createGcpCloud,
  record: recordProgram,
  capabilities,
  development,
  production: readExampleStack("prod-gcp", "/nowhere"),
  providerConfigIn: (region) => ({ ...development.providerConfig, "gcp:region": region }),
  urls: {
    bucket: /^gs:\/\/[a-z0-9][a-z0-9-]{1,61}[a-z0-9]$/,
    queue: /^pubsub:\/\/[a-z0-9-]+\/[a-z0-9-]+\?deadLetters=[a-z0-9-]+$/,
    secrets: /^gcpsecrets:\/\/[a-z0-9-]+\/[a-z0-9_]{1,63}$/,
    deadLetter: /^projects\/[a-z0-9-]+\/subscriptions\/[a-z0-9-]*dead-letter$/,
  },
  secretsNamedLate: false,
  holdsForSecret(target, url, secret) {
    const id = `${new URL(url).pathname.slice(1)}-${secret}`;
    const version = `projects/${GCP_PROJECT_NUMBER}/secrets/${id}/versions/latest`;
    return target.startsWith("projects/") && version.startsWith(target);
  },
  readsSecrets: /^roles\/secretmanager\.secretAccessor$/,
  kept: {
    cluster: "gcp:container/cluster:Cluster",
    bucket: "gcp:storage/bucket:Bucket",
    registry: "gcp:artifactregistry/repository:Repository",
  },
  workloadType: "kubernetes:apps/v1:Deployment",
  shows: {
    foundation: ({ type }) => type === "gcp:storage/bucket:Bucket",
    registry: ({ type }) => type === "gcp:artifactregistry/repository:Repository",
    workloadIdentity: ({ type, inputs }) =>
      type === "gcp:serviceaccount/iAMMember:IAMMember" && inputs.role === "roles/iam.workloadIdentityUser",
    gpuPools: ({ type, inputs }) =>
      type === "gcp:container/nodePool:NodePool" && inputs.nodeConfig.guestAccelerators?.length > 0,
    budget: ({ type, inputs }) => type === "gcp:billing/budget:Budget" && inputs.thresholdRules.length > 0,
    privateNetwork: ({ type, inputs }) =>
      type === "gcp:container/nodePool:NodePool" && inputs.networkConfig.enablePrivateNodes === true,
  },
  elsewhere: { region: "us-east4", accelerator: "v100" },
  machineTypeWithoutGpu: "e2-standard-4",
  smallQuotas: { "gcp/PREEMPTIBLE-NVIDIA-T4-GPUS-per-project-region": 0 },
  gpuPool(recording, name) {
    const { inputs } = recording.one("gcp:container/nodePool:NodePool", `pool-${name}`);
    const { labels, taints, spot } = inputs.nodeConfig;
    return {
      minimum: inputs.autoscaling.totalMinNodeCount,
      maximum: inputs.autoscaling.totalMaxNodeCount,
      spot,
      labels,
      taints: taints.map(
        ({ key, value, effect }: Record<string, string>) =>
          `${key}=${value}:${effect === "NO_SCHEDULE" ? "NoSchedule" : effect}`,
      ),
      repairs: inputs.management.autoRepair,
    };
  },
  wholeProject: /^roles\/monitoring\.viewer$/,
  permissions: ({ inputs }) => [
    {
      actions: [inputs.role],
      targets: [
        inputs.bucket ?? inputs.topic ?? inputs.subscription ?? beginning(inputs.condition) ?? "project",
      ],
    },
  ],
};

/** What the names begin with of those things of the project that the condition leaves. */
function beginning(condition: { expression: string } | undefined): string | undefined {
  return /^resource\.name\.startsWith\("([^"]+)"\)$/.exec(condition?.expression ?? "")?.[1];
}
