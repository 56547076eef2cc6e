import type { ShapeTable } from "./shape.ts";

const PROJECT = "projects/{project}";
const LOCATED = `${PROJECT}/locations/{location}`;
const GLOBAL = `${PROJECT}/global`;
const REGIONAL = `${PROJECT}/regions/{region}`;

// Ids as in the section "Import" of each resource's page (@pulumi/gcp 9).
export const gcpShapes: ShapeTable = {
  "gcp:artifactregistry/repository:Repository": { id: `${LOCATED}/repositories/{repositoryId}` },
  "gcp:artifactregistry/repositoryIamMember:RepositoryIamMember": {
    id: `${LOCATED}/repositories/{repository|base}/{role}/{member}`,
  },
  "gcp:billing/budget:Budget": { id: "billingAccounts/{billingAccount}/budgets/{uuid}" },
  "gcp:compute/address:Address": { id: `${REGIONAL}/addresses/{name}` },
  "gcp:compute/disk:Disk": { id: `${PROJECT}/zones/{zone}/disks/{name}` },
  "gcp:compute/firewall:Firewall": { id: `${GLOBAL}/firewalls/{name}` },
  "gcp:compute/forwardingRule:ForwardingRule": { id: `${REGIONAL}/forwardingRules/{name}` },
  "gcp:compute/globalAddress:GlobalAddress": { id: `${GLOBAL}/addresses/{name}` },
  "gcp:compute/instance:Instance": { id: `${PROJECT}/zones/{zone}/instances/{name}` },
  "gcp:compute/network:Network": { id: `${GLOBAL}/networks/{name}` },
  "gcp:compute/resourcePolicy:ResourcePolicy": { id: `${REGIONAL}/resourcePolicies/{name}` },
  "gcp:compute/route:Route": { id: `${GLOBAL}/routes/{name}` },
  "gcp:compute/router:Router": { id: `${REGIONAL}/routers/{name}` },
  "gcp:compute/routerNat:RouterNat": { id: "{project}/{region}/{router|base}/{name}" },
  "gcp:compute/subnetwork:Subnetwork": { id: `${REGIONAL}/subnetworks/{name}` },
  "gcp:container/cluster:Cluster": { id: `${LOCATED}/clusters/{name}` },
  "gcp:container/nodePool:NodePool": { id: `${LOCATED}/clusters/{cluster|base}/nodePools/{name}` },
  "gcp:dns/managedZone:ManagedZone": { id: `${PROJECT}/managedZones/{name}` },
  "gcp:dns/recordSet:RecordSet": { id: `${PROJECT}/managedZones/{managedZone}/rrsets/{name}/{type}` },
  "gcp:kms/cryptoKey:CryptoKey": { id: "{keyRing}/cryptoKeys/{name}" },
  "gcp:kms/cryptoKeyIAMMember:CryptoKeyIAMMember": { id: "{cryptoKeyId}/{role}/{member}" },
  "gcp:kms/keyRing:KeyRing": { id: `${LOCATED}/keyRings/{name}` },
  "gcp:logging/metric:Metric": { id: "{name}" },
  "gcp:logging/projectExclusion:ProjectExclusion": { id: `${PROJECT}/exclusions/{name}` },
  "gcp:logging/projectSink:ProjectSink": { id: `${PROJECT}/sinks/{name}` },
  "gcp:logging/projectBucketConfig:ProjectBucketConfig": { id: `${LOCATED}/buckets/{bucketId}` },
  "gcp:monitoring/alertPolicy:AlertPolicy": { id: `${PROJECT}/alertPolicies/{digits19}` },
  "gcp:monitoring/notificationChannel:NotificationChannel": {
    id: `${PROJECT}/notificationChannels/{digits19}`,
  },
  "gcp:projects/iAMAuditConfig:IAMAuditConfig": { id: "{project}/audit_config/{service}" },
  "gcp:projects/iAMCustomRole:IAMCustomRole": { id: `${PROJECT}/roles/{roleId}` },
  "gcp:projects/iAMMember:IAMMember": { id: "{project}/{role}/{member}" },
  "gcp:projects/serviceIdentity:ServiceIdentity": { id: `${PROJECT}/services/{service}` },
  "gcp:projects/service:Service": { id: "{project}/{service}" },
  "gcp:pubsub/subscription:Subscription": { id: `${PROJECT}/subscriptions/{name}` },
  "gcp:pubsub/subscriptionIAMMember:SubscriptionIAMMember": {
    id: `${PROJECT}/subscriptions/{subscription|base}/{role}/{member}`,
  },
  "gcp:pubsub/topic:Topic": { id: `${PROJECT}/topics/{name}` },
  "gcp:pubsub/topicIAMMember:TopicIAMMember": { id: `${PROJECT}/topics/{topic|base}/{role}/{member}` },
  "gcp:secretmanager/secret:Secret": { id: `${PROJECT}/secrets/{secretId}` },
  "gcp:serviceaccount/account:Account": {
    id: `${PROJECT}/serviceAccounts/{accountId}@{project}.iam.gserviceaccount.com`,
  },
  "gcp:serviceaccount/iAMMember:IAMMember": { id: "{serviceAccountId}/{role}/{member}" },
  "gcp:serviceaccount/iAMBinding:IAMBinding": { id: "{serviceAccountId}/{role}" },
  "gcp:serviceaccount/key:Key": {
    id: `${PROJECT}/serviceAccounts/{serviceAccountId|base}/keys/{hex40}`,
  },
  "gcp:sql/databaseInstance:DatabaseInstance": { id: "{name}" },
  "gcp:storage/bucket:Bucket": { id: "{name}" },
  "gcp:storage/bucketIAMMember:BucketIAMMember": { id: "b/{bucket}/{role}/{member}" },
  "gcp:storage/bucketIAMBinding:BucketIAMBinding": { id: "b/{bucket}/{role}" },
};
