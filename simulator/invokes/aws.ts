import { ProviderError } from "../provider-error.ts";
import { AWS_ACCOUNT, regionOf } from "../session.ts";
import { isProperties, type Properties, textAt, valueAt } from "../values.ts";
import { callerIdentity, sessionContext } from "./aws-identity.ts";
import { nodeGroup, nodeGroups } from "./aws-node-groups.ts";
import { policyDocument } from "./aws-policy-document.ts";
import { serviceQuota } from "./aws-service-quotas.ts";
import { availabilityZones, awsRegions, instanceTypeOfferings, stringsAt } from "./aws-zones.ts";
import type { InvokeContext, InvokeTable } from "./invoke.ts";

const EKS_VERSIONS = ["1.31", "1.32", "1.33", "1.34"];

function clusterVersions(context: InvokeContext): Properties {
  const asked = stringsAt(context.inputs, "clusterVersionsOnlies");
  const versions = EKS_VERSIONS.filter((version) => asked.length === 0 || asked.includes(version)).reverse();
  const latest = EKS_VERSIONS.at(-1);
  const wantsDefault = context.inputs.defaultOnly === true;
  return {
    id: regionOf(context),
    clusterVersions: versions
      .filter((version) => !wantsDefault || version === latest)
      .map((version) => ({
        clusterType: "eks",
        clusterVersion: version,
        defaultPlatformVersion: "eks.5",
        defaultVersion: version === latest,
        status: "STANDARD_SUPPORT",
        versionStatus: "STANDARD_SUPPORT",
        endOfExtendedSupportDate: "2028-03-01T00:00:00Z",
        endOfStandardSupportDate: "2027-03-01T00:00:00Z",
        kubernetesPatchVersion: `${version}.0`,
        releaseDate: "2025-10-01T00:00:00Z",
      })),
  };
}

function cluster(context: InvokeContext): Properties {
  const name = textAt(context.inputs, "name") ?? "";
  const found = context.store.get("aws:eks/cluster:Cluster", name);
  if (!found) throw new ProviderError("not-found", `reading EKS Cluster (${name}): couldn't find resource`);
  return { ...found.outputs, id: name };
}

function region(context: InvokeContext): Properties {
  const name = textAt(context.inputs, "region") ?? textAt(context.inputs, "name") ?? regionOf(context);
  return { id: name, name, region: name, description: name, endpoint: `ec2.${name}.amazonaws.com` };
}

function parameter(context: InvokeContext): Properties {
  const name = textAt(context.inputs, "name") ?? "";
  if (!name.startsWith("/aws/service/")) {
    const stored = context.store.get("aws:ssm/parameter:Parameter", name);
    if (!stored)
      throw new ProviderError("not-found", `reading SSM Parameter (${name}): couldn't find resource`);
    return { ...stored.outputs, id: name };
  }
  const value = `ami-${context.seed.hex(17, name)}`;
  const arn = `arn:aws:ssm:${regionOf(context)}::parameter${name}`;
  return { id: name, name, value, insecureValue: value, arn, type: "String", version: 1 };
}

/** A login to the account's registry; the real one is new each time. */
function registryLogin(context: InvokeContext): Properties {
  const registryId = textAt(context.inputs, "registryId") ?? AWS_ACCOUNT;
  const region = regionOf(context);
  const password = context.seed.hex(64, "registry-password");
  return {
    id: region,
    region,
    registryId,
    userName: "AWS",
    password,
    authorizationToken: Buffer.from(`AWS:${password}`).toString("base64"),
    expiresAt: "2099-01-01T00:00:00Z",
    proxyEndpoint: `https://${registryId}.dkr.ecr.${region}.amazonaws.com`,
  };
}

export const awsInvokes: InvokeTable = {
  "aws:index/getCallerIdentity:getCallerIdentity": callerIdentity,
  "aws:index/getRegion:getRegion": region,
  "aws:index/getRegions:getRegions": () => ({ id: "aws", names: awsRegions }),
  "aws:index/getPartition:getPartition": () => ({
    id: "aws",
    partition: "aws",
    dnsSuffix: "amazonaws.com",
    reverseDnsPrefix: "com.amazonaws",
  }),
  "aws:index/getAvailabilityZones:getAvailabilityZones": availabilityZones,
  "aws:index/getDefaultTags:getDefaultTags": (context) => {
    const tags = valueAt(context.session.config, ["defaultTags", "tags"]);
    return { id: "aws", tags: isProperties(tags) ? tags : {} };
  },
  "aws:ec2/getInstanceTypeOfferings:getInstanceTypeOfferings": instanceTypeOfferings,
  "aws:iam/getPolicyDocument:getPolicyDocument": policyDocument,
  "aws:iam/getSessionContext:getSessionContext": sessionContext,
  "aws:ecr/getAuthorizationToken:getAuthorizationToken": registryLogin,
  "aws:eks/getCluster:getCluster": cluster,
  "aws:eks/getClusterAuth:getClusterAuth": (context) => ({
    id: textAt(context.inputs, "name") ?? "",
    token: `k8s-aws-v1.${context.seed.hex(64, "token")}`,
  }),
  "aws:eks/getNodeGroups:getNodeGroups": nodeGroups,
  "aws:eks/getNodeGroup:getNodeGroup": nodeGroup,
  "aws:eks/getClusterVersions:getClusterVersions": clusterVersions,
  "aws:eks/getAddonVersion:getAddonVersion": (context) => {
    const name = textAt(context.inputs, "addonName") ?? "";
    return { id: name, version: "v1.20.0-eksbuild.1" };
  },
  "aws:servicequotas/getServiceQuota:getServiceQuota": serviceQuota,
  "aws:ssm/getParameter:getParameter": parameter,
  "aws:ec2/getPrefixList:getPrefixList": (context) => ({
    id: `pl-${context.seed.hex(8)}`,
    name: textAt(context.inputs, "name") ?? `com.amazonaws.${regionOf(context)}.s3`,
    cidrBlocks: ["203.0.113.0/24"],
  }),
};
