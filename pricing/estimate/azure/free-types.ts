/** Types that bill nothing by themselves; what they configure is billed where it is. */
const free = [
  /^azure-native:(authorization|consumption|managedidentity|resources|policyinsights):/,
  /^azure-native:monitor:(DataCollectionRule|DataCollectionRuleAssociation|DiagnosticSetting|ActionGroup)$/,
  /^azure-native:insights:(DataCollectionRule|DataCollectionRuleAssociation|DiagnosticSetting|ActionGroup)$/,
  /^azure-native:network:(VirtualNetwork|Subnet|NetworkSecurityGroup|SecurityRule|RouteTable|Route|FlowLog)$/,
  /^azure-native:network:(NetworkInterface|NetworkWatcher|PrivateDnsZoneGroup|PrivateRecordSet|RecordSet)$/,
  /^azure-native:(network|privatedns):(VirtualNetworkLink|PrivateRecordSet)$/,
  /^azure-native:storage:(BlobContainer|BlobServiceProperties|QueueServiceProperties|ManagementPolicy)$/,
  /^azure-native:storage:(TableServiceProperties|FileServiceProperties|EncryptionScope)$/,
  /^azure-native:keyvault:AccessPolicy$/,
  /^azure-native:containerregistry:(ScopeMap|Token|CacheRule|Webhook)$/,
  /^azure-native:containerservice:(MaintenanceConfiguration|TrustedAccessRoleBinding)$/,
  /^azure-native:servicebus:(Queue|Topic|Subscription|Rule|NamespaceNetworkRuleSet|\w*AuthorizationRule)$/,
];

export function isFree(type: string): boolean {
  return free.some((pattern) => pattern.test(type));
}
