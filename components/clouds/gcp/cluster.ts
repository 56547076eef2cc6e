import { Cluster } from "@pulumi/gcp/container/cluster.js";
import type { GcpContext } from "./foundation.ts";
import type { GcpKeys } from "./keys.ts";
import type { GcpNetwork } from "./network.ts";
import type { NodeAccount } from "./node-account.ts";
import type { EnabledServices } from "./services.ts";

export interface ClusterParts {
  network: GcpNetwork;
  nodeAccount: NodeAccount;
  keys: GcpKeys | undefined;
  enabled: EnabledServices;
}

/**
 * A GKE cluster over the zones of the region, its nodes without public addresses. Kubernetes follows a release channel;
 * Dataplane V2 enforces network policies.
 */
export function createCluster(context: GcpContext, parts: ClusterParts): Cluster {
  const { names, labels, parent, project, region, settings } = context;
  const { network, nodeAccount, keys, enabled } = parts;
  return new Cluster(
    "cluster",
    {
      project: project.id,
      name: names.cluster,
      location: region,
      resourceLabels: labels,
      network: network.network.id,
      subnetwork: network.subnetwork.id,
      networkingMode: "VPC_NATIVE",
      ipAllocationPolicy: {
        clusterSecondaryRangeName: network.podRange,
        servicesSecondaryRangeName: network.serviceRange,
      },
      datapathProvider: "ADVANCED_DATAPATH",
      enableIntranodeVisibility: true,
      workloadIdentityConfig: { workloadPool: `${project.id}.svc.id.goog` },
      enableShieldedNodes: true,
      deletionProtection: settings.deletionProtection,
      ...endpointInputs(context),
      ...accessInputs(),
      ...protectionInputs(context, keys),
      ...operationInputs(context),
      ...firstPoolInputs(nodeAccount),
    },
    {
      parent,
      protect: settings.deletionProtection,
      // GKE takes up to half an hour for a regional control plane.
      customTimeouts: { create: "60m", update: "60m", delete: "60m" },
      // The pool that GKE insists on making is removed at once; its settings must never replace the cluster.
      ignoreChanges: ["initialNodeCount", "nodeConfig", "nodePools"],
      dependsOn: [
        enabled("container"),
        network.nat,
        ...nodeAccount.dependsOn,
        ...(keys?.cluster.dependsOn ?? []),
      ],
    },
  );
}

/** The API server is reached from inside the network, and from outside only out of the ranges that are allowed. */
function endpointInputs({ settings }: GcpContext) {
  const { enabled, allowedCidrs } = settings.publicEndpoint;
  return {
    privateClusterConfig: {
      enablePrivateNodes: true,
      enablePrivateEndpoint: !enabled,
      masterGlobalAccessConfig: { enabled: false },
    },
    masterAuthorizedNetworksConfig: {
      cidrBlocks: (enabled ? allowedCidrs : []).map((cidrBlock) => ({ cidrBlock })),
      gcpPublicCidrsAccessEnabled: false,
    },
    // Its guard is IAM alone: open, it would let logins in from ranges that are not allowed.
    controlPlaneEndpointsConfig: {
      dnsEndpointConfig: {
        allowExternalTraffic: false,
        enableK8sTokensViaDns: false,
        enableK8sCertsViaDns: false,
      },
    },
  };
}

/** Nobody gets in by certificate, by old-style rules or without a name. */
function accessInputs() {
  return {
    masterAuth: { clientCertificateConfig: { issueClientCertificate: false } },
    enableLegacyAbac: false,
    enableKubernetesAlpha: false,
    anonymousAuthenticationConfig: { mode: "LIMITED" },
    rbacBindingConfig: {
      enableInsecureBindingSystemAuthenticated: false,
      enableInsecureBindingSystemUnauthenticated: false,
    },
  };
}

function protectionInputs({ production }: GcpContext, keys: GcpKeys | undefined) {
  return {
    ...(keys && { databaseEncryption: { state: "ENCRYPTED", keyName: keys.cluster.id } }),
    binaryAuthorization: { evaluationMode: production ? "PROJECT_SINGLETON_POLICY_ENFORCE" : "DISABLED" },
    securityPostureConfig: { mode: "BASIC" },
  };
}

function operationInputs({ production, gpuPools }: GcpContext) {
  return {
    releaseChannel: { channel: production ? "STABLE" : "REGULAR" },
    ...(production && {
      // Week-ends, in UTC; GKE wants 48 hours in 32 days at least.
      maintenancePolicy: {
        recurringWindow: {
          startTime: "2026-01-03T00:00:00Z",
          endTime: "2026-01-03T08:00:00Z",
          recurrence: "FREQ=WEEKLY;BYDAY=SA,SU",
        },
      },
    }),
    loggingConfig: {
      enableComponents: ["SYSTEM_COMPONENTS", "WORKLOADS", "APISERVER", "CONTROLLER_MANAGER", "SCHEDULER"],
    },
    monitoringConfig: {
      enableComponents: [
        "SYSTEM_COMPONENTS",
        ...(production ? ["APISERVER", "CONTROLLER_MANAGER", "SCHEDULER"] : []),
        ...(gpuPools.length > 0 ? ["DCGM"] : []),
      ],
      managedPrometheus: { enabled: true },
    },
    costManagementConfig: { enabled: true },
    clusterAutoscaling: {
      enabled: false,
      // Outside production idle nodes go sooner.
      autoscalingProfile: production ? "BALANCED" : "OPTIMIZE_UTILIZATION",
    },
  };
}

function firstPoolInputs(nodeAccount: NodeAccount) {
  return {
    removeDefaultNodePool: true,
    initialNodeCount: 1,
    nodeConfig: {
      serviceAccount: nodeAccount.email,
      shieldedInstanceConfig: { enableSecureBoot: true, enableIntegrityMonitoring: true },
      workloadMetadataConfig: { mode: "GKE_METADATA" },
    },
  };
}
