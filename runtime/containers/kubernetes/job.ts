import type {
  V1Affinity,
  V1Container,
  V1Job,
  V1PodSpec,
  V1ResourceRequirements,
  V1Secret,
  V1Toleration,
} from "@kubernetes/client-node";
import { otherAccelerator } from "../../capacity/capacity-source.ts";
import type { NodePool } from "../../capacity/node-pools.ts";
import { annotations, attemptName, digestOf, ownerLabel, runLabel } from "../attempt-name.ts";
import { finalError } from "../container-errors.ts";
import type { ContainerRequest } from "../container-runner.ts";
import { inputsText } from "../outputs.ts";

export interface JobSettings {
  namespace: string;
  /** Value of the label by which this runtime knows its Jobs. */
  owner: string;
  pools: NodePool[];
  /** A LocalQueue of Kueue. Default: Jobs start at once. */
  queue?: string | undefined;
}

export const containerName = "main";
/** Of pods of tasks, for network policies. */
export const podName = { "app.kubernetes.io/name": "container-task" };
/** How long an end stays for a runtime that was away meanwhile. */
const keptSeconds = 6 * 3600;
const user = 10001;
const folder = "/skyloom";
const inputsKey = "inputs.json";
/** Secrets' names in the Job's Secret, apart from that of the inputs. */
const variableKey = (variable: string) => `variable.${variable}`;
const gpuResource = "nvidia.com/gpu";
const acceleratorLabel = "skyloom.dev/accelerator";

/**
 * The Job of an attempt, whose one pod is under the restricted profile of the Pod Security Standards.
 * @throws ApiError `unknown-accelerator` (422)
 */
export function jobOf(request: ContainerRequest, settings: JobSettings): V1Job {
  const { queue, namespace } = settings;
  const { deadlineSeconds } = request;
  const metadata = metadataOf(request, settings);
  return {
    apiVersion: "batch/v1",
    kind: "Job",
    metadata: {
      ...metadata,
      namespace,
      name: attemptName(settings.owner, request),
      labels: { ...metadata.labels, ...(queue !== undefined && { "kueue.x-k8s.io/queue-name": queue }) },
    },
    spec: {
      // An attempt that failed is the workflow's to repeat.
      backoffLimit: 0,
      ...(deadlineSeconds !== undefined && { activeDeadlineSeconds: Math.ceil(deadlineSeconds) }),
      completions: 1,
      parallelism: 1,
      ttlSecondsAfterFinished: keptSeconds,
      template: { metadata, spec: podOf(request, settings) },
    },
  };
}

/** What the container must not show: secrets and inputs. It goes with its Job. */
export function secretOf(request: ContainerRequest, settings: JobSettings, job: V1Job): V1Secret {
  const name = job.metadata?.name ?? "";
  const variables = Object.entries(request.secrets).map(([variable, value]) => [
    variableKey(variable),
    value,
  ]);
  return {
    apiVersion: "v1",
    kind: "Secret",
    metadata: {
      ...metadataOf(request, settings),
      name,
      namespace: settings.namespace,
      ownerReferences: [{ apiVersion: "batch/v1", kind: "Job", name, uid: job.metadata?.uid ?? "" }],
    },
    immutable: true,
    stringData: { ...Object.fromEntries(variables), [inputsKey]: inputsText(request.inputs) },
  };
}

function metadataOf({ runId, task, attempt }: ContainerRequest, { owner }: JobSettings) {
  return {
    labels: { ...podName, [ownerLabel]: owner, [runLabel]: digestOf(runId) },
    annotations: {
      [annotations.run]: runId,
      [annotations.task]: task,
      [annotations.attempt]: String(attempt),
    },
  };
}

function podOf(request: ContainerRequest, settings: JobSettings): V1PodSpec {
  const { resources, timeLimitSeconds } = request;
  const secretName = attemptName(settings.owner, request);
  return {
    restartPolicy: "Never",
    automountServiceAccountToken: false,
    enableServiceLinks: false,
    terminationGracePeriodSeconds: 10,
    ...(timeLimitSeconds !== undefined && { activeDeadlineSeconds: Math.ceil(timeLimitSeconds) }),
    securityContext: {
      runAsNonRoot: true,
      runAsUser: user,
      runAsGroup: user,
      fsGroup: user,
      seccompProfile: { type: "RuntimeDefault" },
    },
    ...gpuNodes(request, settings.pools),
    containers: [containerOf(request, secretName)],
    volumes: [
      {
        name: "tmp",
        emptyDir: resources.storage === undefined ? {} : { sizeLimit: bytes(resources.storage) },
      },
      {
        name: "inputs",
        secret: { secretName, items: [{ key: inputsKey, path: inputsKey }], defaultMode: 0o444 },
      },
    ],
  };
}

function containerOf(request: ContainerRequest, secretName: string): V1Container {
  const { command, arguments: parameters } = request;
  return {
    name: containerName,
    image: request.image,
    ...(command !== undefined && { command: command.map(unexpanded) }),
    ...(parameters !== undefined && { args: parameters.map(unexpanded) }),
    env: [
      { name: "HOME", value: "/tmp" },
      { name: "TMPDIR", value: "/tmp" },
      ...Object.entries(request.environment).map(([name, value]) => ({ name, value: unexpanded(value) })),
      ...Object.keys(request.secrets).map((name) => ({
        name,
        valueFrom: { secretKeyRef: { name: secretName, key: variableKey(name) } },
      })),
      { name: "SKYLOOM_INPUTS", value: `${folder}/${inputsKey}` },
      { name: "SKYLOOM_OUTPUTS", value: "/dev/termination-log" },
      { name: "SKYLOOM_TASK_KEY", value: `${request.runId}/${request.task}` },
    ],
    resources: resourcesOf(request),
    securityContext: {
      allowPrivilegeEscalation: false,
      readOnlyRootFilesystem: true,
      capabilities: { drop: ["ALL"] },
    },
    volumeMounts: [
      { name: "tmp", mountPath: "/tmp" },
      { name: "inputs", mountPath: folder, readOnly: true },
    ],
    // Works with every image: no shell, no other container and no volume is needed to get at the outputs.
    terminationMessagePath: "/dev/termination-log",
    terminationMessagePolicy: "File",
  };
}

/** Kubernetes would fill variables into `$(NAME)`. */
function unexpanded(text: string): string {
  return text.replaceAll("$(", "$$$$(");
}

const bytes = (amount: number) => String(Math.ceil(amount));

/** As much as is asked for is also the most that it gets, so that no task takes what was granted to another. */
function resourcesOf({ resources: { cpu, memory, storage, gpu } }: ContainerRequest): V1ResourceRequirements {
  const amounts = {
    ...(cpu !== undefined && { cpu: `${Math.ceil(cpu * 1000)}m` }),
    ...(memory !== undefined && { memory: bytes(memory) }),
    ...(storage !== undefined && { "ephemeral-storage": bytes(storage) }),
    ...(gpu !== undefined && gpu > 0 && { [gpuResource]: String(gpu) }),
  };
  return { requests: amounts, limits: amounts };
}

/** Where a pod that asks for GPUs goes. */
function gpuNodes(
  { resources: { gpu = 0, gpuType: granted }, task }: ContainerRequest,
  pools: NodePool[],
): Partial<V1PodSpec> {
  if (gpu === 0) return {};
  // No node carries that name.
  const gpuType = granted === otherAccelerator ? undefined : granted;
  const having = pools.filter(({ accelerator }) => accelerator !== undefined);
  const fitting = having.filter(({ accelerator }) => gpuType === undefined || accelerator === gpuType);
  if (having.length > 0 && fitting.length === 0) {
    const known = [...new Set(having.map(({ accelerator }) => accelerator))].join(", ");
    throw finalError("unknown-accelerator", `task ${task}: no node has a ${gpuType}; known are ${known}`);
  }
  const declared = fitting.flatMap(({ tolerations }) => tolerations) as V1Toleration[];
  const labels =
    fitting.length > 0 ? fitting.map((pool) => pool.labels) : [{ [acceleratorLabel]: gpuType ?? "" }];
  return {
    tolerations: [{ key: gpuResource, operator: "Exists", effect: "NoSchedule" }, ...declared],
    ...(gpuType !== undefined && { affinity: nodesWith(labels) }),
  };
}

/** Nodes that carry all labels of one of the sets. */
function nodesWith(sets: Record<string, string>[]): V1Affinity {
  const nodeSelectorTerms = sets.map((labels) => ({
    matchExpressions: Object.entries(labels).map(([key, value]) => ({
      key,
      operator: "In",
      values: [value],
    })),
  }));
  return { nodeAffinity: { requiredDuringSchedulingIgnoredDuringExecution: { nodeSelectorTerms } } };
}
