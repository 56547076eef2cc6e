import type { Properties } from "../values.ts";
import { type ReplacementRule, rules } from "./rule.ts";

const SOURCE = "github.com/pulumi/pulumi-kubernetes provider/pkg/provider/diff.go (forceNewProperties)";

const SELECTOR = ["spec.selector"];
const CONTAINER = [
  "args",
  "command",
  "env",
  "image",
  "imagePullPolicy",
  "lifecycle",
  "livenessProbe",
  "ports",
  "readinessProbe",
  "resources",
  "securityContext",
  "stdin",
  "stdinOnce",
  "terminationMessagePath",
  "terminationMessagePolicy",
  "tty",
  "volumeDevices",
  "volumeMounts",
  "workingDir",
];
const POD = [
  "affinity",
  "automountServiceAccountToken",
  "dnsConfig",
  "dnsPolicy",
  "enableServiceLinks",
  "hostAliases",
  "hostIPC",
  "hostNetwork",
  "hostPID",
  "hostname",
  "imagePullSecrets",
  "nodeName",
  "nodeSelector",
  "overhead",
  "preemptionPolicy",
  "priority",
  "priorityClassName",
  "readinessGates",
  "restartPolicy",
  "runtimeClassName",
  "schedulerName",
  "securityContext",
  "serviceAccount",
  "serviceAccountName",
  "shareProcessNamespace",
  "subdomain",
  "terminationGracePeriodSeconds",
  "volumes",
];

/** By kind; the same for every version of the API that still exists. */
const KINDS: { [kind: string]: string[] } = {
  ClusterRoleBinding: ["roleRef"],
  DaemonSet: SELECTOR,
  Deployment: SELECTOR,
  Job: ["spec.completions", "spec.parallelism", "spec.selector", "spec.template"],
  PersistentVolume: ["spec.csi", "spec.hostPath", "spec.local", "spec.nfs", "spec.awsElasticBlockStore"],
  PersistentVolumeClaim: ["spec.accessModes", "spec.selector", "spec.storageClassName", "spec.volumeName"],
  Pod: [
    ...POD.map((name) => `spec.${name}`),
    ...CONTAINER.flatMap((name) => [`spec.containers[*].${name}`, `spec.initContainers[*].${name}`]),
  ],
  ResourceQuota: ["spec.scopes"],
  RoleBinding: ["roleRef"],
  Service: ["spec.clusterIP"],
  StatefulSet: [
    "spec.podManagementPolicy",
    "spec.revisionHistoryLimit",
    "spec.selector",
    "spec.serviceName",
    "spec.volumeClaimTemplates",
  ],
  StorageClass: ["parameters", "provisioner"],
};

/** The rules of an object; a ConfigMap or Secret is replaced on change unless the provider is told to change it in place. */
export function kubernetesRules(kind: string, inputs: Properties, config: Properties): ReplacementRule[] {
  const paths = ["apiVersion", "kind", "metadata.name", "metadata.namespace", ...(KINDS[kind] ?? [])];
  const immutable = inputs.immutable === true;
  if (kind === "ConfigMap" && (immutable || config.enableConfigMapMutable !== true))
    paths.push("binaryData", "data");
  if (kind === "Secret") paths.push("type");
  if (kind === "Secret" && (immutable || config.enableSecretMutable !== true))
    paths.push("stringData", "data");
  return rules(SOURCE, ...paths);
}
