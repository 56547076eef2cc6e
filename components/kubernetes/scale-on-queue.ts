import { CustomResource } from "@pulumi/kubernetes/apiextensions/customResource.js";
import type { CustomResourceOptions, Resource } from "@pulumi/pulumi";
import type { QueueScaling } from "../cloud.ts";
import { podLabels } from "./pod.ts";

/**
 * KEDA takes a Deployment's replicas from the minimum to the maximum by its queue's depth (ScaledObject and
 * TriggerAuthentication of keda.sh/v1alpha1: https://keda.sh/docs/2.17/reference/scaledobject-spec/).
 */
export function scaleOnQueue(
  name: string,
  scaling: QueueScaling,
  { namespace, options, workload }: { namespace: string; options: CustomResourceOptions; workload: Resource },
): void {
  const { autoscaler, queue } = scaling;
  const { scaler } = queue;
  if (scaler === undefined)
    throw new Error(`workload ${name} cannot be scaled: its queue tells KEDA no depth`);
  const apiVersion = "keda.sh/v1alpha1";
  const metadata = { name, namespace, labels: podLabels(name) };
  const after = { ...options, dependsOn: [workload, ...(autoscaler?.dependsOn ?? [])] };
  const spec = scaler.authentication(autoscaler?.identity);
  const authentication = new CustomResource(
    `${name}-queue`,
    { apiVersion, kind: "TriggerAuthentication", metadata, spec },
    after,
  );
  new CustomResource(
    name,
    {
      apiVersion,
      kind: "ScaledObject",
      metadata,
      spec: {
        scaleTargetRef: { name },
        minReplicaCount: scaling.minimum,
        maxReplicaCount: scaling.maximum,
        pollingInterval: 5,
        cooldownPeriod: scaling.idleSeconds,
        triggers: [
          {
            type: scaler.type,
            metadata: { ...scaler.metadata, [scaler.thresholdName]: String(scaling.messagesPerReplica) },
            authenticationRef: { name },
          },
        ],
      },
    },
    { ...after, dependsOn: [...after.dependsOn, authentication] },
  );
}
