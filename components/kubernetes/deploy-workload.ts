import { Deployment } from "@pulumi/kubernetes/apps/v1/deployment.js";
import { Service } from "@pulumi/kubernetes/core/v1/service.js";
import type { Provider } from "@pulumi/kubernetes/provider.js";
import type * as inputs from "@pulumi/kubernetes/types/input.js";
import type { Output, Resource } from "@pulumi/pulumi";
import type { Address, DeployedWorkload, Workload } from "../cloud.ts";

export interface DeploymentSettings {
  parent: Resource;
  provider: Provider;
  deletedWith: Resource;
  namespace: string;
  image: Output<string>;
  address(workload: string, port: string): Address;
  podLabels: Record<string, string>;
}

const MEBIBYTE = 1024 ** 2;
const USER = 10001;

/** A Deployment of the stack's image under the restricted profile, and a Service in front of it. */
export function deployWorkload(workload: Workload, settings: DeploymentSettings): DeployedWorkload {
  const { name } = workload;
  const { namespace, parent, provider, deletedWith } = settings;
  const labels = { "app.kubernetes.io/name": name, "app.kubernetes.io/part-of": "skyloom" };
  const options = {
    parent,
    provider,
    deletedWith,
    dependsOn: [...workload.identity.dependsOn, ...(workload.dependsOn ?? [])],
  };
  const resource = new Deployment(
    name,
    {
      metadata: { name, namespace, labels },
      spec: {
        replicas: 1,
        selector: { matchLabels: labels },
        template: {
          metadata: { labels: { ...labels, ...settings.podLabels } },
          spec: podSpec(workload, settings),
        },
      },
    },
    options,
  );
  const ports = workload.ports.map((port) => ({ name: port, port: settings.address(name, port).port }));
  if (ports.length > 0)
    new Service(name, { metadata: { name, namespace, labels }, spec: { selector: labels, ports } }, options);
  return { name, resource };
}

function podSpec(workload: Workload, settings: DeploymentSettings): inputs.core.v1.PodSpec {
  const { name, limits = {}, healthCheck } = workload;
  const probe = (path: string) => ({
    httpGet: { path, port: settings.address(name, healthCheck?.port ?? "").port },
    periodSeconds: 10,
    timeoutSeconds: 5,
  });
  const resources = {
    cpu: "500m",
    memory: `${Math.ceil((limits.memoryBytes ?? 1024 * MEBIBYTE) / MEBIBYTE)}Mi`,
  };
  return {
    serviceAccountName: name,
    automountServiceAccountToken: false,
    terminationGracePeriodSeconds: workload.stopSeconds ?? 30,
    securityContext: {
      runAsNonRoot: true,
      runAsUser: USER,
      runAsGroup: USER,
      fsGroup: USER,
      seccompProfile: { type: "RuntimeDefault" },
    },
    containers: [
      {
        name,
        image: settings.image,
        command: workload.command,
        env: environment(workload),
        ports: workload.ports.map((port) => ({
          name: port,
          containerPort: settings.address(name, port).port,
        })),
        resources: { requests: resources, limits: { memory: resources.memory, cpu: "2" } },
        securityContext: {
          allowPrivilegeEscalation: false,
          readOnlyRootFilesystem: true,
          capabilities: { drop: ["ALL"] },
        },
        volumeMounts: [{ name: "tmp", mountPath: "/tmp" }],
        ...(healthCheck && {
          startupProbe: {
            ...probe(healthCheck.path),
            failureThreshold: Math.ceil((healthCheck.timeoutSeconds ?? 30) / 10),
          },
          readinessProbe: probe(healthCheck.path),
          livenessProbe: probe(healthCheck.livePath ?? healthCheck.path),
        }),
      },
    ],
    volumes: [{ name: "tmp", emptyDir: {} }],
  };
}

function environment(workload: Workload): inputs.core.v1.EnvVar[] {
  return Object.entries(workload.environment).map(([name, value]) => ({ name, value }));
}
