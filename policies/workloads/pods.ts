import { listOf, valueAt } from "../property-path.ts";
import type { CheckedResource, Properties } from "../rule.ts";
import { checkEach } from "../unknown-values.ts";

/** Where each kind of object has the specification of its pods. */
const podPaths: Record<string, string> = {
  Pod: "spec",
  Deployment: "spec.template.spec",
  StatefulSet: "spec.template.spec",
  DaemonSet: "spec.template.spec",
  ReplicaSet: "spec.template.spec",
  ReplicationController: "spec.template.spec",
  Job: "spec.template.spec",
  CronJob: "spec.jobTemplate.spec.template.spec",
  ScaledJob: "spec.jobTargetRef.template.spec",
};

/** Every object that makes pods, in any version of Kubernetes' interface. */
export const podTypes = Object.keys(podPaths).map((kind) => `kubernetes:*:${kind}`);

type Resource = Pick<CheckedResource, "type" | "props">;

export interface Pod {
  /** Before the name of a property in messages. */
  path: string;
  spec: Properties;
}

export interface Container {
  path: string;
  container: Properties;
  pod: Properties;
}

export function kindOf(type: string): string {
  return type.split(":").at(-1) ?? "";
}

/** The pod that the object makes; undefined where it makes none. */
export function podOf({ type, props }: Resource): Pod | undefined {
  const path = podPaths[kindOf(type)];
  const spec = path === undefined ? undefined : (valueAt(props, path) as Properties | undefined);
  return spec === undefined ? undefined : { path: `${path}.`, spec };
}

export function checkPod(resource: Resource, check: (pod: Pod) => void): void {
  const pod = podOf(resource);
  if (pod !== undefined) check(pod);
}

/** Checks every container of the pod, those that run before and beside the others too. */
export function checkContainers(resource: Resource, check: (container: Container) => void): void {
  checkPod(resource, ({ path, spec }) =>
    checkEach(["containers", "initContainers", "ephemeralContainers"], (list) =>
      checkEach(listOf(spec[list]), (container, index) =>
        check({ path: `${path}${list}[${index}].`, container, pod: spec }),
      ),
    ),
  );
}

/** Mends each container. @returns whether one was changed. */
export function mendContainers(resource: Resource, mend: (container: Properties) => boolean): boolean {
  let changed = false;
  checkContainers(resource, ({ container }) => {
    if (mend(container)) changed = true;
  });
  return changed;
}

/** Of a container, where it says so itself, else of its pod. */
export function securityOf({ container, pod }: Container, path: string): unknown {
  return valueAt(container, `securityContext.${path}`) ?? valueAt(pod, `securityContext.${path}`);
}
