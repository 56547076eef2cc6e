import type * as inputs from "@pulumi/kubernetes/types/input.js";
import type { SecretMount, Workload } from "../cloud.ts";
import { clusterToken } from "./cluster-token.ts";
import type { DeploymentSettings } from "./deploy-workload.ts";

const MEBIBYTE = 1024 ** 2;
const USER = 10001;
const LINGER_SECONDS = 5;

/** Where a workload with storage finds it in its container. */
export function dataFolder(workload: string): string {
  return `/var/lib/${workload}`;
}

/** Where a workload with secret files finds them in its container. */
export function secretFolder(workload: string): string {
  return `/var/run/skyloom/${workload}`;
}

/** Where it finds the secret values of its environment, a file each. */
function environmentFolder(workload: string): string {
  return `${secretFolder(workload)}-environment`;
}

export function podLabels(workload: string): Record<string, string> {
  return { "app.kubernetes.io/name": workload, "app.kubernetes.io/part-of": "skyloom" };
}

/** The objects that hold a workload's secret environment and its secret files. */
export const secretNames = {
  environment: (workload: string) => `${workload}-environment`,
  files: (workload: string) => `${workload}-files`,
};

/** The pods of a workload, under the restricted profile of Kubernetes' Pod Security Standards. */
export function podTemplate(
  workload: Workload,
  settings: DeploymentSettings,
): inputs.core.v1.PodTemplateSpec {
  const labels = podLabels(workload.name);
  const { identity, gpuNodes } = settings;
  const gpu = workload.gpuPool === undefined ? undefined : gpuNodes(workload.gpuPool);
  return {
    metadata: { labels: { ...labels, ...identity.podLabels } },
    spec: {
      serviceAccountName: workload.name,
      automountServiceAccountToken: false,
      // Else every Service of the namespace adds variables, some of which look like settings of ours.
      enableServiceLinks: false,
      terminationGracePeriodSeconds: (workload.stopSeconds ?? 30) + LINGER_SECONDS,
      securityContext: {
        runAsNonRoot: true,
        runAsUser: USER,
        runAsGroup: USER,
        fsGroup: USER,
        fsGroupChangePolicy: "OnRootMismatch",
        seccompProfile: { type: "RuntimeDefault" },
      },
      ...gpu,
      ...(settings.imagePullSecret !== undefined && {
        imagePullSecrets: [{ name: settings.imagePullSecret }],
      }),
      topologySpreadConstraints: ["topology.kubernetes.io/zone", "kubernetes.io/hostname"].map(
        (topologyKey) => ({
          topologyKey,
          maxSkew: 1,
          whenUnsatisfiable: "ScheduleAnyway",
          labelSelector: { matchLabels: labels },
        }),
      ),
      containers: [container(workload, settings)],
      volumes: [
        { name: "tmp", emptyDir: {} },
        ...(workload.callsCluster === true ? [clusterToken.volume] : []),
        ...secretVolumes(workload, settings).map(({ name, secretName, optional }) => ({
          name,
          secret: { secretName, defaultMode: 0o440, ...(optional && { optional }) },
        })),
      ],
    },
  };
}

function container(
  workload: Workload,
  { address, identity, image }: DeploymentSettings,
): inputs.core.v1.Container {
  const { name, limits = {}, gpuPool, ports, storageGib } = workload;
  const { memoryBytes = 1024 * MEBIBYTE, memoryRequestBytes = memoryBytes, cpuRequest = 0.5 } = limits;
  const gpu = gpuPool === undefined ? {} : { "nvidia.com/gpu": "1" };
  return {
    name,
    image,
    command: workload.command,
    env: environment(workload, identity.files?.environment ?? {}),
    ports: ports.map((port) => ({ name: port, containerPort: address(name, port).port })),
    resources: {
      requests: { cpu: `${cpuRequest * 1000}m`, memory: mebibytes(memoryRequestBytes), ...gpu },
      limits: { cpu: "2", memory: mebibytes(memoryBytes), ...gpu },
    },
    securityContext: {
      allowPrivilegeEscalation: false,
      readOnlyRootFilesystem: true,
      capabilities: { drop: ["ALL"] },
    },
    volumeMounts: [
      { name: "tmp", mountPath: "/tmp" },
      ...(workload.callsCluster === true ? [clusterToken.mount] : []),
      ...(storageGib === undefined ? [] : [{ name: "data", mountPath: dataFolder(name) }]),
      ...secretVolumes(workload, { identity }).map(({ name, folder }) => ({
        name,
        mountPath: folder,
        readOnly: true,
      })),
    ],
    ...probes(workload, address),
    // Until every node has heard that the pod goes, connections still come to it.
    ...(ports.length > 0 && { lifecycle: { preStop: { sleep: { seconds: LINGER_SECONDS } } } }),
  };
}

/** Secret values of its environment, its own secret files, those that its identity brings, and those it was granted. */
function secretVolumes(
  { name, secrets, secretFiles, identity: { mounts = [] } }: Workload,
  { identity }: Pick<DeploymentSettings, "identity">,
): SecretMount[] {
  const own = { name: "secrets", secretName: secretNames.files(name), folder: secretFolder(name) };
  const ofEnvironment = {
    name: "environment",
    secretName: secretNames.environment(name),
    folder: environmentFolder(name),
  };
  return [
    ...(secrets === undefined ? [] : [ofEnvironment]),
    ...(secretFiles === undefined ? [] : [own]),
    ...(identity.files === undefined ? [] : [{ name: "identity", ...identity.files }]),
    ...mounts,
  ];
}

const mebibytes = (bytes: number) => `${Math.ceil(bytes / MEBIBYTE)}Mi`;

function probes({ name, healthCheck }: Workload, address: DeploymentSettings["address"]) {
  if (healthCheck === undefined) return {};
  const { path, livePath = path, timeoutSeconds = 30 } = healthCheck;
  const { port } = address(name, healthCheck.port);
  const probe = (path: string) => ({ httpGet: { path, port }, periodSeconds: 5, timeoutSeconds: 5 });
  return {
    // What it needs from others is asked for once: when one of them fails, every replica would leave the service.
    startupProbe: { ...probe(path), periodSeconds: 2, failureThreshold: Math.ceil(timeoutSeconds / 2) },
    readinessProbe: { ...probe(livePath), failureThreshold: 2 },
    livenessProbe: { ...probe(livePath), periodSeconds: 10, failureThreshold: 6 },
  };
}

function environment(
  { name, environment, secrets = {} }: Workload,
  ofIdentity: Record<string, string>,
): inputs.core.v1.EnvVar[] {
  const plain = Object.entries({ ...ofIdentity, ...environment });
  return [
    // First, since values may hold $(POD_NAME).
    { name: "POD_NAME", valueFrom: { fieldRef: { fieldPath: "metadata.name" } } },
    ...plain.map(([name, value]) => ({ name, value })),
    ...Object.keys(secrets).map((key) => ({
      name: `${key}_FILE`,
      value: `${environmentFolder(name)}/${key}`,
    })),
  ];
}
