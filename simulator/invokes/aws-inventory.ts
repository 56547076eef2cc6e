import { tagsOf } from "../outputs/create-outputs.ts";
import { ProviderError } from "../provider-error.ts";
import { AWS_ACCOUNT, regionOf } from "../session.ts";
import { awsShapes } from "../shapes/aws.ts";
import type { StoredResource } from "../store.ts";
import { isProperties, type Properties, textAt, type Value } from "../values.ts";
import type { InvokeContext, InvokeTable } from "./invoke.ts";

/** What the tagging service does not list, though it has tags (docs.aws.amazon.com/resourcegroupstagging/latest/APIReference). */
const UNLISTED = /^aws:(iam\/(role|user):|eks\/accessEntry:)/;

/** The resources of one region that carry the tags asked for; those of no region are listed in us-east-1. */
function taggedResources(context: InvokeContext): Properties {
  const region = regionOf(context);
  const wanted = propertiesIn(context.inputs.tagFilters);
  const matches = (tags: Properties) =>
    wanted.every(({ key, values }) => {
      const value = tags[String(key)];
      return value !== undefined && (!Array.isArray(values) || values.length === 0 || values.includes(value));
    });
  const found = context.store
    .list()
    .filter((resource) => resource.provider === "aws" && !UNLISTED.test(resource.type))
    .filter((resource) => arnOf(resource) !== "" && matches(tagsOf(resource.inputs)))
    .filter((resource) => (textAt(resource.outputs, "region") ?? "us-east-1") === region);
  return {
    id: region,
    resourceTagMappingLists: found.map((resource) => ({
      resourceArn: arnOf(resource),
      tags: tagsOf(resource.inputs),
      complianceDetails: [],
    })),
  };
}

/** The SDK does not tell the ARN of each type (NAT gateways); empty for what has none. */
function arnOf({ type, id, outputs }: StoredResource): string {
  const parts: { [name: string]: string } = {
    id,
    account: AWS_ACCOUNT,
    region: textAt(outputs, "region") ?? "",
  };
  const template = awsShapes[type]?.arn ?? "";
  return textAt(outputs, "arn") ?? template.replace(/\{(\w+)\}/g, (_, name: string) => parts[name] ?? "");
}

function propertiesIn(value: Value | undefined): Properties[] {
  return Array.isArray(value) ? value.filter(isProperties) : [];
}

function find(context: InvokeContext, type: string, id: string, message: string): StoredResource {
  const found = context.store.get(type, id);
  if (found && textAt(found.outputs, "region") === regionOf(context)) return found;
  throw new ProviderError("not-found", message);
}

function volume(context: InvokeContext): Properties {
  const filter = propertiesIn(context.inputs.filters).find(({ name }) => name === "volume-id");
  const [id] = Array.isArray(filter?.values) ? filter.values : [];
  const missing = "Your query returned no results. Please change your search criteria and try again";
  const { outputs, inputs } = find(context, "aws:ebs/volume:Volume", String(id), missing);
  return { ...outputs, id: String(id), volumeId: String(id), size: inputs.size ?? 8 };
}

function instance(context: InvokeContext): Properties {
  const id = textAt(context.inputs, "instanceId") ?? "";
  const missing = "Your query returned no results. Please change your search criteria and try again.";
  const { outputs } = find(context, "aws:ec2/instance:Instance", id, missing);
  return { ...outputs, id, instanceState: "running" };
}

function natGateway(context: InvokeContext): Properties {
  const id = textAt(context.inputs, "id") ?? "";
  const missing = "no matching EC2 NAT Gateway found";
  const { outputs } = find(context, "aws:ec2/natGateway:NatGateway", id, missing);
  return { ...outputs, id, state: "available" };
}

/** A deleted key waits for the end of its window, and is told about until then. */
function key(context: InvokeContext): Properties {
  const id = (textAt(context.inputs, "keyId") ?? "").split("/").at(-1) ?? "";
  const missing = `reading KMS Key (${id}): NotFoundException: Key '${id}' does not exist`;
  const { outputs, kept, keptUntil } = find(context, "aws:kms/key:Key", id, missing);
  return {
    ...outputs,
    id,
    keyId: id,
    enabled: !kept,
    keyState: kept ? "PendingDeletion" : "Enabled",
    deletionDate: keptUntil ?? "",
  };
}

function logGroups(context: InvokeContext): Properties {
  const region = regionOf(context);
  const prefix = textAt(context.inputs, "logGroupNamePrefix") ?? "";
  const found = context.store
    .list("aws:cloudwatch/logGroup:LogGroup")
    .filter(({ id, outputs }) => id.startsWith(prefix) && textAt(outputs, "region") === region);
  return {
    id: region,
    arns: found.map(({ outputs }) => outputs.arn ?? ""),
    logGroupNames: found.map(({ id }) => id),
  };
}

/** Data sources that tell what is there, whoever made it. */
export const awsInventory: InvokeTable = {
  "aws:resourcegroupstaggingapi/getResources:getResources": taggedResources,
  "aws:ebs/getVolume:getVolume": volume,
  "aws:ec2/getInstance:getInstance": instance,
  "aws:ec2/getNatGateway:getNatGateway": natGateway,
  "aws:kms/getKey:getKey": key,
  "aws:cloudwatch/getLogGroups:getLogGroups": logGroups,
};
