import { diskEncryptVolumes } from "./aws/disk-encrypt-volumes.ts";
import { ecrEnableScanOnPush } from "./aws/ecr-enable-scan-on-push.ts";
import { ecrRequireImmutableTags } from "./aws/ecr-require-immutable-tags.ts";
import { eksEnableControlPlaneLogs } from "./aws/eks-enable-control-plane-logs.ts";
import { eksEnableDeletionProtection } from "./aws/eks-enable-deletion-protection.ts";
import { eksEnablePrivateEndpoint } from "./aws/eks-enable-private-endpoint.ts";
import { eksEncryptSecrets } from "./aws/eks-encrypt-secrets.ts";
import { eksRequireSupportedVersion } from "./aws/eks-require-supported-version.ts";
import { eksRestrictAuthentication } from "./aws/eks-restrict-authentication.ts";
import { eksRestrictPublicEndpoint } from "./aws/eks-restrict-public-endpoint.ts";
import { iamForbidAccessKeys } from "./aws/iam-forbid-access-keys.ts";
import { iamForbidAdministratorAccess } from "./aws/iam-forbid-administrator-access.ts";
import { iamForbidWildcardPolicies } from "./aws/iam-forbid-wildcard-policies.ts";
import { kmsEnableKeyRotation } from "./aws/kms-enable-key-rotation.ts";
import { metadataRequireTokens } from "./aws/metadata-require-tokens.ts";
import { nodeForbidRemoteAccess } from "./aws/node-forbid-remote-access.ts";
import { nodeGroupRequireLaunchTemplate } from "./aws/node-group-require-launch-template.ts";
import { nodeGroupRequirePrivateSubnets } from "./aws/node-group-require-private-subnets.ts";
import { nodeRoleRestrictPolicies } from "./aws/node-role-restrict-policies.ts";
import { s3EnableAccessLogs } from "./aws/s3-enable-access-logs.ts";
import { s3EnableVersioning } from "./aws/s3-enable-versioning.ts";
import { s3EncryptBuckets } from "./aws/s3-encrypt-buckets.ts";
import { s3ForbidForceDestroy } from "./aws/s3-forbid-force-destroy.ts";
import { s3ForbidPublicAccess } from "./aws/s3-forbid-public-access.ts";
import { s3RequireLifecycle } from "./aws/s3-require-lifecycle.ts";
import { s3RequireTls } from "./aws/s3-require-tls.ts";
import { securityGroupRestrictIngress } from "./aws/security-group-restrict-ingress.ts";
import { sqsEncryptQueues } from "./aws/sqs-encrypt-queues.ts";
import { sqsForbidPublicPolicies } from "./aws/sqs-forbid-public-policies.ts";
import { sqsRequireDeadLetter } from "./aws/sqs-require-dead-letter.ts";
import { vpcEnableFlowLogs } from "./aws/vpc-enable-flow-logs.ts";
import { vpcRestrictDefaultSecurityGroup } from "./aws/vpc-restrict-default-security-group.ts";
import { acrDisableAdminUser } from "./azure/acr-disable-admin-user.ts";
import { acrForbidAnonymousPull } from "./azure/acr-forbid-anonymous-pull.ts";
import { aksDisableLocalAccounts } from "./azure/aks-disable-local-accounts.ts";
import { aksDisableRunCommand } from "./azure/aks-disable-run-command.ts";
import { aksEnableAutoUpgrade } from "./azure/aks-enable-auto-upgrade.ts";
import { aksEnableDefender } from "./azure/aks-enable-defender.ts";
import { aksEnableWorkloadIdentity } from "./azure/aks-enable-workload-identity.ts";
import { aksEncryptNodeDisks } from "./azure/aks-encrypt-node-disks.ts";
import { aksEncryptSecrets } from "./azure/aks-encrypt-secrets.ts";
import { aksForbidPublicNodeAddresses } from "./azure/aks-forbid-public-node-addresses.ts";
import { aksRequireEntraAuthentication } from "./azure/aks-require-entra-authentication.ts";
import { aksRequireNetworkPolicy } from "./azure/aks-require-network-policy.ts";
import { aksRequireTrustedLaunch } from "./azure/aks-require-trusted-launch.ts";
import { aksRestrictApiServer } from "./azure/aks-restrict-api-server.ts";
import { keyVaultEnablePurgeProtection } from "./azure/key-vault-enable-purge-protection.ts";
import { keyVaultRequireRoleAssignments } from "./azure/key-vault-require-role-assignments.ts";
import { keyVaultRestrictNetwork } from "./azure/key-vault-restrict-network.ts";
import { roleAssignmentForbidBroadRoles } from "./azure/role-assignment-forbid-broad-roles.ts";
import { serviceBusRequireDeadLetter } from "./azure/service-bus-require-dead-letter.ts";
import { serviceBusRestrictAccess } from "./azure/service-bus-restrict-access.ts";
import { storageDisableSharedKeys } from "./azure/storage-disable-shared-keys.ts";
import { storageEnableBlobRecovery } from "./azure/storage-enable-blob-recovery.ts";
import { storageForbidPublicBlobs } from "./azure/storage-forbid-public-blobs.ts";
import { storageRequireTls } from "./azure/storage-require-tls.ts";
import { storageRestrictNetwork } from "./azure/storage-restrict-network.ts";
import { budgetRequireAlarm } from "./cost/budget-require-alarm.ts";
import { gpuForbidReservations } from "./cost/gpu-forbid-reservations.ts";
import { gpuLimitNodes } from "./cost/gpu-limit-nodes.ts";
import { gpuRequireScaleToZero } from "./cost/gpu-require-scale-to-zero.ts";
import { gpuRequireSpot } from "./cost/gpu-require-spot.ts";
import { gpuRestrictAccelerators } from "./cost/gpu-restrict-accelerators.ts";
import { logsLimitRetention } from "./cost/logs-limit-retention.ts";
import { resourceRequireTags } from "./cost/resource-require-tags.ts";
import { resourceRestrictRegions } from "./cost/resource-restrict-regions.ts";
import { stackLimitMonthlyCost } from "./cost/stack-limit-monthly-cost.ts";
import { stackRequireKnownCost } from "./cost/stack-require-known-cost.ts";
import { gcsEncryptBuckets } from "./gcp/gcs-encrypt-buckets.ts";
import { gcsForbidPublicAccess } from "./gcp/gcs-forbid-public-access.ts";
import { gcsRequireUniformAccess } from "./gcp/gcs-require-uniform-access.ts";
import { gkeEnableBinaryAuthorization } from "./gcp/gke-enable-binary-authorization.ts";
import { gkeEnableIntranodeVisibility } from "./gcp/gke-enable-intranode-visibility.ts";
import { gkeEnableLogsAndMetrics } from "./gcp/gke-enable-logs-and-metrics.ts";
import { gkeEnableNodeMaintenance } from "./gcp/gke-enable-node-maintenance.ts";
import { gkeEnableSecurityPosture } from "./gcp/gke-enable-security-posture.ts";
import { gkeEnableShieldedNodes } from "./gcp/gke-enable-shielded-nodes.ts";
import { gkeEnableWorkloadIdentity } from "./gcp/gke-enable-workload-identity.ts";
import { gkeEncryptSecrets } from "./gcp/gke-encrypt-secrets.ts";
import { gkeForbidLegacyFeatures } from "./gcp/gke-forbid-legacy-features.ts";
import { gkeRequireMetadataServer } from "./gcp/gke-require-metadata-server.ts";
import { gkeRequireNodeServiceAccount } from "./gcp/gke-require-node-service-account.ts";
import { gkeRequirePrivateEndpoint } from "./gcp/gke-require-private-endpoint.ts";
import { gkeRequirePrivateNodes } from "./gcp/gke-require-private-nodes.ts";
import { gkeRequireReleaseChannel } from "./gcp/gke-require-release-channel.ts";
import { gkeRestrictControlPlane } from "./gcp/gke-restrict-control-plane.ts";
import { iamForbidBasicRoles } from "./gcp/iam-forbid-basic-roles.ts";
import { iamForbidPublicMembers } from "./gcp/iam-forbid-public-members.ts";
import { iamForbidServiceAccountKeys } from "./gcp/iam-forbid-service-account-keys.ts";
import { kmsLimitKeyRotation } from "./gcp/kms-limit-key-rotation.ts";
import { pubsubEncryptTopics } from "./gcp/pubsub-encrypt-topics.ts";
import { pubsubRequireDeadLetter } from "./gcp/pubsub-require-dead-letter.ts";
import { processEncryptEnvironmentSecrets } from "./local/process-encrypt-environment-secrets.ts";
import { processRequireMemoryLimit } from "./local/process-require-memory-limit.ts";
import { processRequireTokenOffLoopback } from "./local/process-require-token-off-loopback.ts";
import type { Rule } from "./rule.ts";
import { waiversForbidExpired } from "./waivers/waivers-forbid-expired.ts";
import { waiversForbidUnused } from "./waivers/waivers-forbid-unused.ts";
import { containerRequireProbes } from "./workloads/container-require-probes.ts";
import { containerRequireResources } from "./workloads/container-require-resources.ts";
import { gpuRequireLimits } from "./workloads/gpu-require-limits.ts";
import { imageRequireDigest } from "./workloads/image-require-digest.ts";
import { imageRestrictRegistries } from "./workloads/image-restrict-registries.ts";
import { namespaceForbidDefault } from "./workloads/namespace-forbid-default.ts";
import { namespaceRequireDefaultDeny } from "./workloads/namespace-require-default-deny.ts";
import { namespaceRequirePodSecurity } from "./workloads/namespace-require-pod-security.ts";
import { podForbidHostNamespaces } from "./workloads/pod-forbid-host-namespaces.ts";
import { podForbidHostPath } from "./workloads/pod-forbid-host-path.ts";
import { podForbidPrivilegeEscalation } from "./workloads/pod-forbid-privilege-escalation.ts";
import { podForbidPrivileged } from "./workloads/pod-forbid-privileged.ts";
import { podForbidSecretEnvironment } from "./workloads/pod-forbid-secret-environment.ts";
import { podForbidServiceAccountToken } from "./workloads/pod-forbid-service-account-token.ts";
import { podRequireDroppedCapabilities } from "./workloads/pod-require-dropped-capabilities.ts";
import { podRequireNonRoot } from "./workloads/pod-require-non-root.ts";
import { podRequireReadOnlyRoot } from "./workloads/pod-require-read-only-root.ts";
import { podRequireSeccompProfile } from "./workloads/pod-require-seccomp-profile.ts";
import { podRequireServiceAccount } from "./workloads/pod-require-service-account.ts";
import { rbacForbidClusterAdmin } from "./workloads/rbac-forbid-cluster-admin.ts";
import { rbacForbidEscalation } from "./workloads/rbac-forbid-escalation.ts";
import { rbacForbidWildcards } from "./workloads/rbac-forbid-wildcards.ts";
import { workloadRequireDisruptionBudget } from "./workloads/workload-require-disruption-budget.ts";

const aws = [
  diskEncryptVolumes,
  ecrEnableScanOnPush,
  ecrRequireImmutableTags,
  eksEnableControlPlaneLogs,
  eksEnableDeletionProtection,
  eksEnablePrivateEndpoint,
  eksEncryptSecrets,
  eksRequireSupportedVersion,
  eksRestrictAuthentication,
  eksRestrictPublicEndpoint,
  iamForbidAccessKeys,
  iamForbidAdministratorAccess,
  iamForbidWildcardPolicies,
  kmsEnableKeyRotation,
  metadataRequireTokens,
  nodeForbidRemoteAccess,
  nodeGroupRequireLaunchTemplate,
  nodeGroupRequirePrivateSubnets,
  nodeRoleRestrictPolicies,
  s3EnableAccessLogs,
  s3EnableVersioning,
  s3EncryptBuckets,
  s3ForbidForceDestroy,
  s3ForbidPublicAccess,
  s3RequireLifecycle,
  s3RequireTls,
  securityGroupRestrictIngress,
  sqsEncryptQueues,
  sqsForbidPublicPolicies,
  sqsRequireDeadLetter,
  vpcEnableFlowLogs,
  vpcRestrictDefaultSecurityGroup,
];

const azure = [
  acrDisableAdminUser,
  acrForbidAnonymousPull,
  aksDisableLocalAccounts,
  aksDisableRunCommand,
  aksEnableAutoUpgrade,
  aksEnableDefender,
  aksEnableWorkloadIdentity,
  aksEncryptNodeDisks,
  aksEncryptSecrets,
  aksForbidPublicNodeAddresses,
  aksRequireEntraAuthentication,
  aksRequireNetworkPolicy,
  aksRequireTrustedLaunch,
  aksRestrictApiServer,
  keyVaultEnablePurgeProtection,
  keyVaultRequireRoleAssignments,
  keyVaultRestrictNetwork,
  roleAssignmentForbidBroadRoles,
  serviceBusRequireDeadLetter,
  serviceBusRestrictAccess,
  storageDisableSharedKeys,
  storageEnableBlobRecovery,
  storageForbidPublicBlobs,
  storageRequireTls,
  storageRestrictNetwork,
];

const gcp = [
  gcsEncryptBuckets,
  gcsForbidPublicAccess,
  gcsRequireUniformAccess,
  gkeEnableBinaryAuthorization,
  gkeEnableIntranodeVisibility,
  gkeEnableLogsAndMetrics,
  gkeEnableNodeMaintenance,
  gkeEnableSecurityPosture,
  gkeEnableShieldedNodes,
  gkeEnableWorkloadIdentity,
  gkeEncryptSecrets,
  gkeForbidLegacyFeatures,
  gkeRequireMetadataServer,
  gkeRequireNodeServiceAccount,
  gkeRequirePrivateEndpoint,
  gkeRequirePrivateNodes,
  gkeRequireReleaseChannel,
  gkeRestrictControlPlane,
  iamForbidBasicRoles,
  iamForbidPublicMembers,
  iamForbidServiceAccountKeys,
  kmsLimitKeyRotation,
  pubsubEncryptTopics,
  pubsubRequireDeadLetter,
];

const workloads = [
  containerRequireProbes,
  containerRequireResources,
  gpuRequireLimits,
  imageRequireDigest,
  imageRestrictRegistries,
  namespaceForbidDefault,
  namespaceRequireDefaultDeny,
  namespaceRequirePodSecurity,
  podForbidHostNamespaces,
  podForbidHostPath,
  podForbidPrivilegeEscalation,
  podForbidPrivileged,
  podForbidSecretEnvironment,
  podForbidServiceAccountToken,
  podRequireDroppedCapabilities,
  podRequireNonRoot,
  podRequireReadOnlyRoot,
  podRequireSeccompProfile,
  podRequireServiceAccount,
  rbacForbidClusterAdmin,
  rbacForbidEscalation,
  rbacForbidWildcards,
  workloadRequireDisruptionBudget,
];

const cost = [
  budgetRequireAlarm,
  gpuForbidReservations,
  gpuLimitNodes,
  gpuRequireScaleToZero,
  gpuRequireSpot,
  gpuRestrictAccelerators,
  logsLimitRetention,
  resourceRequireTags,
  resourceRestrictRegions,
  stackLimitMonthlyCost,
  stackRequireKnownCost,
];

const local = [processEncryptEnvironmentSecrets, processRequireMemoryLimit, processRequireTokenOffLoopback];

/** Those that a waiver can name. */
export const waivableRules: readonly Rule[] = [...aws, ...azure, ...gcp, ...workloads, ...cost, ...local];

/** Every rule of the pack, in the order in which they are asked; what waivers were good for is known at the end. */
export const rules: readonly Rule[] = [...waivableRules, waiversForbidExpired, waiversForbidUnused];
