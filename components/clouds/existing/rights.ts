import type { CloudSettings } from "../../cloud-settings.ts";
import type { ClusterApi } from "./cluster-api.ts";
import type { ExistingSettings } from "./settings.ts";

interface Right {
  verb: string;
  group: string;
  resource: string;
  /** Absent: in the whole cluster. */
  namespace?: string;
}

/** What a stack makes, by API group. */
const objects: Record<string, string[]> = {
  "": ["services", "secrets", "serviceaccounts"],
  apps: ["deployments", "statefulsets"],
  policy: ["poddisruptionbudgets"],
  "networking.k8s.io": ["networkpolicies"],
};
const RBAC = "rbac.authorization.k8s.io";
const kedaObjects = { "keda.sh": ["scaledobjects", "triggerauthentications"] };

/** What the checks before the first resource look at. */
export type Looked = "storageclasses" | "customresourcedefinitions" | "nodes" | "secrets";

/** What looking there takes, where the stack's settings ask for it. */
function rightsToLook(
  { gpuPools, neededKinds = [] }: CloudSettings,
  { namespace, secrets }: ExistingSettings,
): Partial<Record<Looked, Right[]>> {
  const list = (group: string, resource: string): Right[] => [{ verb: "list", group, resource }];
  return {
    storageclasses: list("storage.k8s.io", "storageclasses"),
    ...((gpuPools.length > 0 || neededKinds.length > 0) && {
      customresourcedefinitions: list("apiextensions.k8s.io", "customresourcedefinitions"),
    }),
    ...(gpuPools.length > 0 && { nodes: list("", "nodes") }),
    ...(secrets !== undefined && {
      secrets: [
        { verb: "get", group: "", resource: "namespaces" },
        { verb: "get", group: "", resource: "secrets", namespace },
      ],
    }),
  };
}

export interface Rights {
  problems: string[];
  /** What this login may look at. */
  mayLook(at: Looked): boolean;
}

/** Asks for every right that the stack needs, and names all that are missing. */
export async function checkRights(
  cluster: ClusterApi,
  settings: CloudSettings,
  existing: ExistingSettings,
): Promise<Rights> {
  const looks = rightsToLook(settings, existing);
  const rights = [...rightsToChange(settings, existing), ...Object.values(looks).flat()];
  const answers = await Promise.all(rights.map((right) => cluster.may(right)));
  const missing = rights.filter((_, index) => !answers[index]);
  return {
    problems: missing.length === 0 ? [] : [describe(cluster, missing)],
    mayLook: (at) => looks[at] !== undefined && !looks[at].some((right) => missing.includes(right)),
  };
}

function rightsToChange(
  { gpuPools, neededKinds = [], roles }: CloudSettings,
  { namespace }: ExistingSettings,
): Right[] {
  const all = {
    ...objects,
    ...(gpuPools.length > 0 && kedaObjects),
    ...(roles?.ofNamespace && { [RBAC]: ["roles", "rolebindings"] }),
  };
  const own = Object.entries(all).flatMap(([group, resources]) =>
    resources.map((resource) => ({ group, resource, namespace })),
  );
  const optional = neededKinds.map(({ resource: name }) => {
    const [resource = "", ...group] = name.split(".");
    return { group: group.join("."), resource, namespace };
  });
  const ofCluster = roles?.ofCluster ? ["clusterroles", "clusterrolebindings"] : [];
  const whole = ofCluster.map((resource) => ({ group: RBAC, resource }));
  return [{ group: "", resource: "namespaces" }, ...own, ...optional, ...whole].flatMap((one) =>
    ["create", "patch", "delete"].map((verb) => ({ ...one, verb })),
  );
}

function describe({ access }: ClusterApi, missing: Right[]): string {
  const list = missing.map(({ verb, group, resource }) => `${verb} ${resource}${group && `.${group}`}`);
  return `${access.description}: this login may not ${list.join(", ")}; ask for the role that docs/existing.md shows`;
}
