import { getSearchAllResources } from "@pulumi/gcp/cloudasset/getSearchAllResources.js";
import { type GcpNames, gcpLabels, gcpNames } from "../../../components/clouds/gcp/names.ts";
import { readProject } from "../../../components/clouds/gcp/project.ts";
import { ask } from "../ask.ts";
import type { Listing, Place, Refusal } from "../leftover.ts";
import { type Asset, describe } from "./describe.ts";

/**
 * Searches the project's assets for the stack's labels, for the label by which GKE marks what it makes for a cluster, and
 * for what can bear no label by its name: network, router, log bucket, service accounts. Rules and target pools of load
 * balancers bear neither; their firewall rules hold on to the network, whose deletion then fails.
 */
export async function listGcp({ stack }: Place): Promise<Listing> {
  const project = await readProject();
  if (typeof project === "string") {
    const refusal = {
      question: "the project",
      reason: project,
      remedy: "gcloud auth application-default login",
    };
    return { found: [], refusals: [refusal] };
  }
  const refusals: Refusal[] = [];
  const names = gcpNames(project.id, stack);
  const labels = gcpLabels({ project: "skyloom", stack });
  const own = Object.entries(labels).map(([key, value]) => `labels.${key}=${value}`);
  const queries: [query: string, is: (asset: Asset) => boolean][] = [
    [
      own.join(" AND "),
      (asset) => Object.entries(labels).every(([key, value]) => asset.labels[key] === value),
    ],
    [`labels.${CLUSTER}=${names.cluster}`, (asset) => asset.labels[CLUSTER] === names.cluster],
    [`name:${names.cluster}*`, (asset) => isNamed(asset, names)],
  ];
  const answers = await Promise.all(
    queries.map(async ([query, is]) => (await search(refusals, project.id, query)).filter(is)),
  );
  const assets = new Map(answers.flat().map((asset) => [asset.name, asset]));
  const described = await Promise.all([...assets.values()].map((asset) => describe(asset, project.id)));
  const found = described.filter((each) => each !== undefined);
  return {
    found: found.toSorted((left, right) => left.address.localeCompare(right.address)),
    refusals: refusals.slice(0, 1),
  };
}

const CLUSTER = "goog-k8s-cluster-name";

/** Names of other stacks may begin as this one's does. */
function isNamed({ displayName, name }: Asset, names: GcpNames): boolean {
  const { network, subnetwork, router, logs, nodeAccount, workloadAccount } = names;
  const exact = [network, subnetwork, router, logs, nodeAccount, workloadAccount("runtime")];
  return [displayName, name.split("/").at(-1) ?? ""].some((text) => exact.includes(text.split("@")[0] ?? ""));
}

async function search(refusals: Refusal[], project: string, query: string): Promise<Asset[]> {
  const about = {
    question: `assets of project ${project}`,
    remedy: `gcloud services enable cloudasset.googleapis.com --project ${project}, and give roles/cloudasset.viewer to whoever destroys`,
  };
  const scope = `projects/${project}`;
  return (await ask(refusals, about, () => getSearchAllResources({ scope, query })))?.results ?? [];
}
