import type { CloudDescription } from "../cloud-description.ts";
import type { EstimateInput } from "../cost-estimate.ts";
import { type Amount, allMonth, always, type Meter, mapRange, notKnownYet } from "../meter.ts";
import { count, list, notYet, read, text } from "../read-property.ts";

/** Objects whose controllers or charts make what bills, which a program's resources don't show. */
const opaque: [pattern: RegExp, why: string][] = [
  [/^kubernetes:helm\.sh\/v[34]:(Release|Chart)$/, "what the chart makes is not seen"],
  [/^kubernetes:yaml(\/v2)?:/, "what the file makes is not seen"],
  [/^kubernetes:kustomize(\/v2)?:/, "what the folder makes is not seen"],
  [/^kubernetes:(networking\.k8s\.io|extensions)\/\w+:Ingress$/, "its controller may make a load balancer"],
  [/^kubernetes:gateway\.networking\.k8s\.io\/\w+:Gateway$/, "its controller may make a load balancer"],
  [/^kubernetes:karpenter\.sh\/\w+:NodePool$/, "its controller starts machines"],
  [/^kubernetes:apiextensions\.k8s\.io:CustomResource$/, "its controller may make what bills"],
];

/** Why an object cannot be priced; undefined where it can be, or bills nothing. */
export function whyOpaque(type: string): string | undefined {
  return opaque.find(([pattern]) => pattern.test(type))?.[1];
}

/** What an object bills beside the nodes that it runs on. */
export function kubernetesMeters({ type, properties }: EstimateInput, cloud: CloudDescription): Meter[] {
  switch (type) {
    case "kubernetes:core/v1:PersistentVolumeClaim":
      return [claimMeter(read(properties, "spec"), always(1), cloud)];
    case "kubernetes:apps/v1:StatefulSet":
      return statefulSetMeters(properties, cloud);
    case "kubernetes:core/v1:Service":
      return serviceMeters(properties);
    default:
      return [];
  }
}

function statefulSetMeters(properties: unknown, cloud: CloudDescription): Meter[] {
  const templates = list(properties, "spec.volumeClaimTemplates");
  const replicas = count(properties, "spec.replicas");
  const amount = replicas === notYet ? notKnownYet("spec.replicas") : always(replicas ?? 1);
  if (templates === notYet)
    return [{ part: "disks", what: "volumes", amount: notKnownYet("volumeClaimTemplates") }];
  return templates.map((template) => claimMeter(read(template, "spec"), amount, cloud));
}

function claimMeter(spec: unknown, claims: Amount, cloud: CloudDescription): Meter {
  const wanted = text(spec, "resources.requests.storage");
  const gib = wanted === notYet || wanted === undefined ? undefined : gibOf(wanted);
  if (gib === undefined)
    return { part: "disks", what: "volume", amount: notKnownYet("the size of the claim") };
  const { units, ...rest } = cloud.volumeClaim(gib);
  return {
    part: "disks",
    what: `volume of ${wanted as string}`,
    amount: mapRange(claims, (each) => each * units),
    ...rest,
  };
}

const unitBytes: Record<string, number> = {
  "": 1,
  ...{ k: 1e3, M: 1e6, G: 1e9, T: 1e12 },
  ...{ Ki: 2 ** 10, Mi: 2 ** 20, Gi: 2 ** 30, Ti: 2 ** 40 },
};

function gibOf(quantity: string): number | undefined {
  const [, number, unit] = /^(\d+(?:\.\d+)?)(\w*)$/.exec(quantity) ?? [];
  const bytes = unit === undefined ? undefined : unitBytes[unit];
  return bytes === undefined ? undefined : Math.ceil((Number(number) * bytes) / 2 ** 30);
}

function serviceMeters(properties: unknown): Meter[] {
  const type = text(properties, "spec.type");
  const balancer: Meter = {
    part: "network",
    what: "load balancer",
    amount: allMonth(1),
    service: "load-balancer",
  };
  if (type === notYet) return [{ ...balancer, amount: notKnownYet("spec.type") }];
  return type === "LoadBalancer" ? [balancer] : [];
}
