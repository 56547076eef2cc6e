/** Types that bill nothing by themselves; what they configure is billed where it is. */
const free = [
  /^gcp:(projects|serviceaccount|organizations|folder|billing|iam|essentialcontacts|tags)\//,
  /:\w*I[Aa][Mm](Member|Binding|Policy|CustomRole|AuditConfig)$/,
  /^gcp:compute\/(network|subnetwork|router|firewall\w*|route|routerInterface|routerPeer|networkPeering\w*):/,
  /^gcp:compute\/(backendService|regionBackendService|urlMap|regionUrlMap|healthCheck|regionHealthCheck):/,
  /^gcp:compute\/(target\w+|regionTarget\w+|managedSslCertificate|instanceTemplate|projectMetadata\w*):/,
  /^gcp:kms\/(keyRing):/,
  /^gcp:logging\/(projectExclusion|projectSink|organizationSink|folderSink|metric|logView):/,
  /^gcp:monitoring\/(notificationChannel|alertPolicy|dashboard):/,
  /^gcp:pubsub\/(schema):/,
  /^gcp:secretmanager\/(secretVersion):/,
  /^gcp:dns\/(recordSet):/,
  /^gcp:storage\/(bucketAccessControl|bucketACL|bucketObject|defaultObject\w+|notification):/,
];

export function isFree(type: string): boolean {
  return free.some((pattern) => pattern.test(type));
}
