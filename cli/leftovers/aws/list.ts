import { getLogGroups } from "@pulumi/aws/cloudwatch/getLogGroups.js";
import { getResources } from "@pulumi/aws/resourcegroupstaggingapi/getResources.js";
import { awsNames } from "../../../components/clouds/aws/names.ts";
import { ask } from "../ask.ts";
import type { Listing, Place, Refusal } from "../leftover.ts";
import { describe } from "./describe.ts";

type TagFilter = { key: string; values: string[] };

/** Where resources of no region are listed. */
const GLOBAL_REGION = "us-east-1";

/**
 * Asks the tagging service for the stack's own tags, and for those by which EKS, the load balancers' and volumes'
 * controllers and the network plug-in mark what they make for a cluster; and for the logs that EKS writes again after
 * their group was deleted, which bear no tag.
 */
export async function listAws(place: Place): Promise<Listing> {
  const refusals: Refusal[] = [];
  const { cluster, clusterLogs } = awsNames("", place.region, place.stack);
  const own = ownTags(place.stack);
  const questions = [own, ...clusterTags(cluster)].map((filters) => ({ region: place.region, filters }));
  const isOrdinary = !/^(cn|us-gov|us-iso)/.test(place.region);
  if (isOrdinary && place.region !== GLOBAL_REGION) questions.push({ region: GLOBAL_REGION, filters: own });
  const answers = await Promise.all([
    ...questions.map(({ region, filters }) => tagged(refusals, region, filters)),
    logGroups(refusals, place.region, clusterLogs),
  ]);
  const arns = [...new Set(answers.flat())].sort();
  const described = await Promise.all(arns.map(describe));
  return { found: described.filter((each) => each !== undefined), refusals: distinct(refusals) };
}

function ownTags(stack: string): TagFilter[] {
  return [
    { key: "project", values: ["skyloom"] },
    { key: "stack", values: [stack] },
  ];
}

function clusterTags(cluster: string): TagFilter[][] {
  return [
    { key: `kubernetes.io/cluster/${cluster}`, values: ["owned"] },
    { key: "elbv2.k8s.aws/cluster", values: [cluster] },
    { key: "cluster.k8s.amazonaws.com/name", values: [cluster] },
    { key: "aws:eks:cluster-name", values: [cluster] },
  ].map((filter) => [filter]);
}

async function tagged(refusals: Refusal[], region: string, tagFilters: TagFilter[]): Promise<string[]> {
  const about = {
    question: `resources by tag in ${region}`,
    remedy: "log in again (aws sso login), and allow tag:GetResources to whoever destroys",
  };
  const answer = await ask(refusals, about, () => getResources({ region, tagFilters }));
  return (answer?.resourceTagMappingLists ?? []).map(({ resourceArn }) => resourceArn);
}

async function logGroups(refusals: Refusal[], region: string, name: string): Promise<string[]> {
  const about = {
    question: `log groups ${name} in ${region}`,
    remedy: "allow logs:DescribeLogGroups to whoever destroys",
  };
  const answer = await ask(refusals, about, () => getLogGroups({ region, logGroupNamePrefix: name }));
  return (answer?.arns ?? []).map((arn) => arn.replace(/:\*$/, ""));
}

/** The same question about several tags is refused with the same words. */
function distinct(refusals: Refusal[]): Refusal[] {
  return [...new Map(refusals.map((refusal) => [refusal.question, refusal])).values()];
}
