import { Cluster } from "@pulumi/aws/eks/cluster.js";
import { RolePolicy } from "@pulumi/aws/iam/rolePolicy.js";
import { interpolate, jsonStringify, type Resource } from "@pulumi/pulumi";
import type { AwsContext } from "./foundation.ts";
import type { AwsKeys } from "./keys.ts";
import { kubernetesVersion } from "./kubernetes-version.ts";
import type { AwsLogs } from "./logs.ts";
import type { AwsNetwork } from "./network.ts";
import { createRole, type ServiceRole } from "./roles.ts";

export interface ClusterParts {
  network: AwsNetwork;
  keys: AwsKeys;
  logs: AwsLogs;
}

/** An EKS control plane over the zones of the cluster. Who may log in is said by access entries alone. */
export function createCluster(context: AwsContext, parts: ClusterParts): Cluster {
  const { clusterZones, names, parent, production, settings, tags } = context;
  const { network, keys, logs } = parts;
  const { role, ready } = createClusterRole(context, keys);
  return new Cluster(
    "cluster",
    {
      name: names.cluster,
      version: kubernetesVersion,
      roleArn: role.arn,
      vpcConfig: {
        subnetIds: clusterZones.flatMap((zone) => network.privateSubnets.get(zone)?.id ?? []),
        ...endpointInputs(context, network),
      },
      accessConfig: { authenticationMode: "API", bootstrapClusterCreatorAdminPermissions: false },
      enabledClusterLogTypes: ["api", "audit", "authenticator", "controllerManager", "scheduler"],
      encryptionConfig: { resources: ["secrets"], provider: { keyArn: keys.cluster.arn } },
      // Network, DNS and proxy come as add-ons, which an update can look after.
      bootstrapSelfManagedAddons: false,
      // Past standard support production waits for its people, at six times the price; the others are moved on.
      upgradePolicy: { supportType: production ? "EXTENDED" : "STANDARD" },
      deletionProtection: settings.deletionProtection,
      tags,
    },
    {
      parent,
      protect: settings.deletionProtection,
      dependsOn: [...ready, logs.cluster, ...network.ready],
      customTimeouts: { create: "45m", update: "90m", delete: "45m" },
    },
  );
}

/**
 * Inside the VPC always; from outside only where the settings say so. A closed endpoint still carries a list: without
 * one, whoever opened it would open it to everybody.
 */
function endpointInputs({ settings }: AwsContext, network: AwsNetwork) {
  const { enabled, allowedCidrs } = settings.publicEndpoint;
  return {
    endpointPrivateAccess: true,
    endpointPublicAccess: enabled,
    publicAccessCidrs: enabled
      ? allowedCidrs
      : network.addresses.map((address) => interpolate`${address}/32`),
  };
}

function createClusterRole(context: AwsContext, keys: AwsKeys): ServiceRole {
  const { role, ready } = createRole(context, "cluster", {
    service: "eks.amazonaws.com",
    managedPolicies: ["AmazonEKSClusterPolicy"],
  });
  const encryption: Resource = new RolePolicy(
    "cluster-encryption",
    {
      role: role.name,
      policy: jsonStringify({
        Version: "2012-10-17",
        Statement: [
          {
            Effect: "Allow",
            Action: ["kms:Encrypt", "kms:Decrypt", "kms:ListGrants", "kms:DescribeKey"],
            Resource: keys.cluster.arn,
          },
        ],
      }),
    },
    { parent: context.parent },
  );
  return { role, ready: [...ready, encryption] };
}
