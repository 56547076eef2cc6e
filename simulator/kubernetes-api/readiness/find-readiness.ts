import type { Properties } from "../../values.ts";
import { annotation } from "../objects.ts";
import {
  apiServiceReadiness,
  claimReadiness,
  definitionReadiness,
  ingressReadiness,
  namespaceReadiness,
  serviceReadiness,
} from "./others.ts";
import { podReadiness } from "./pods.ts";
import type { Readiness } from "./verdict.ts";
import { waitFor } from "./wait-for.ts";
import { daemonSetReadiness, deploymentReadiness, jobReadiness, statefulSetReadiness } from "./workloads.ts";

interface Rule {
  readiness: Readiness;
  /** How long to wait when nobody says otherwise; the official provider's times. */
  timeoutSeconds: number;
}

const TEN_MINUTES = 600;

/** By group and kind: the rules hold for every version. */
const RULES: { [groupAndKind: string]: Rule } = {
  "apps/Deployment": { readiness: deploymentReadiness, timeoutSeconds: TEN_MINUTES },
  "apps/StatefulSet": { readiness: statefulSetReadiness, timeoutSeconds: TEN_MINUTES },
  "apps/DaemonSet": { readiness: daemonSetReadiness, timeoutSeconds: TEN_MINUTES },
  "batch/Job": { readiness: jobReadiness, timeoutSeconds: TEN_MINUTES },
  "/Pod": { readiness: podReadiness, timeoutSeconds: TEN_MINUTES },
  "/Service": { readiness: serviceReadiness, timeoutSeconds: TEN_MINUTES },
  "/PersistentVolumeClaim": { readiness: claimReadiness, timeoutSeconds: 300 },
  "/Namespace": { readiness: namespaceReadiness, timeoutSeconds: 60 },
  "networking.k8s.io/Ingress": { readiness: ingressReadiness, timeoutSeconds: TEN_MINUTES },
  "apiextensions.k8s.io/CustomResourceDefinition": { readiness: definitionReadiness, timeoutSeconds: 60 },
  "apiregistration.k8s.io/APIService": { readiness: apiServiceReadiness, timeoutSeconds: 300 },
};

/** How to tell that an object is ready; undefined when it is as soon as it is there. */
export function findReadiness(object: Properties): Rule | undefined {
  if (annotation(object, "pulumi.com/skipAwait") === "true") return undefined;
  const wanted = annotation(object, "pulumi.com/waitFor");
  if (wanted !== undefined) return { readiness: waitFor(wanted), timeoutSeconds: TEN_MINUTES };
  const version = String(object.apiVersion);
  const group = version.includes("/") ? version.slice(0, version.indexOf("/")) : "";
  return RULES[`${group}/${object.kind}`];
}
