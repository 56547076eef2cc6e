import type * as inputs from "@pulumi/kubernetes/types/input.js";
import type { Workload } from "../cloud.ts";
import type { DeploymentSettings } from "./deploy-workload.ts";

const MEBIBYTE = 1024 ** 2;
const USER = 10001;

/** Where a workload with storage finds it in its container. */
export function dataFolder(workload: string): string {
  return `/var/lib/${workload}`;
}

export function podLabels(workload: string): Record<string, string> {
  return { "app.kubernetes.io/name": workload, "app.kubernetes.io/part-of": "skyloom" };
}

/** The object that holds a workload's secret environment. */
export function secretName(workload: string): string {
  return `${workload}-environment`;
}

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
      terminationGracePeriodSeconds: workload.stopSeconds ?? 30,
      securityContext: {
        runAsNonRoot: true,
        runAsUser: USER,
        runAsGroup: USER,
        fsGroup: USER,
        fsGroupChangePolicy: "OnRootMismatch",
        seccompProfile: { type: "RuntimeDefault" },
      },
      ...gpu,
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
        ...(identity.files === undefined
          ? []
          : [{ name: "identity", secret: { secretName: identity.files.secretName, defaultMode: 0o440 } }]),
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
      ...(storageGib === undefined ? [] : [{ name: "data", mountPath: dataFolder(name) }]),
      ...(identity.files === undefined
        ? []
        : [{ name: "identity", mountPath: identity.files.folder, readOnly: true }]),
    ],
    ...probes(workload, address),
  };
}

const mebibytes = (bytes: number) => `${Math.ceil(bytes / MEBIBYTE)}Mi`;

function probes({ name, healthCheck }: Workload, address: DeploymentSettings["address"]) {
  if (healthCheck === undefined) return {};
  const { path, livePath = path, timeoutSeconds = 30 } = healthCheck;
  const { port } = address(name, healthCheck.port);
  const probe = (path: string) => ({ httpGet: { path, port }, periodSeconds: 5, timeoutSeconds: 5 });
  return {
    startupProbe: { ...probe(livePath), periodSeconds: 2, failureThreshold: Math.ceil(timeoutSeconds / 2) },
    readinessProbe: { ...probe(path), failureThreshold: 2 },
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
      name: key,
      valueFrom: { secretKeyRef: { name: secretName(name), key } },
    })),
  ];
}
