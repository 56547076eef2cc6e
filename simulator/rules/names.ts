import { child } from "../check/property-path.ts";
import type { CheckFailure } from "../check/validate.ts";
import { isKubernetesObject } from "../outputs/kubernetes.ts";
import { containsUnknown, isProperties, type Properties, type Value, valueAt } from "../values.ts";

interface NameRule {
  property: string;
  pattern: RegExp;
  /** What is allowed, as the cloud's documentation says it. */
  allowed: string;
}

const rule = (property: string, pattern: RegExp, allowed: string): NameRule => ({
  property,
  pattern,
  allowed,
});

const RFC1035 = /^[a-z]([-a-z0-9]{0,61}[a-z0-9])?$/;
const LABEL_NAME = "1 to 63 lower-case letters, digits and hyphens, the first a letter, the last no hyphen";
const gcpName = rule("name", RFC1035, LABEL_NAME);
const gkeName = rule(
  "name",
  /^[a-z]([-a-z0-9]{0,38}[a-z0-9])?$/,
  "1 to 40 lower-case letters, digits and hyphens, the first a letter, the last no hyphen",
);
const storageName = (property: string) =>
  rule(
    property,
    /^(?!.*--)[a-z0-9][a-z0-9-]{1,61}[a-z0-9]$/,
    "3 to 63 lower-case letters, digits and single hyphens, the first and last no hyphen",
  );
const s3Bucket = rule(
  "bucket",
  /^(?!xn--|sthree-)(?!.*\.\.)(?!.*-s3alias$)(?!\d+\.\d+\.\d+\.\d+$)[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/,
  "3 to 63 lower-case letters, digits, dots and hyphens, the first and last a letter or digit",
);

// AWS: the API reference of each service. Azure: "Naming rules and restrictions for Azure resources" on
// learn.microsoft.com. Google Cloud: the REST reference's pattern of each resource.
const RULES: { [type: string]: NameRule } = {
  "aws:s3/bucket:Bucket": s3Bucket,
  "aws:s3/bucketV2:BucketV2": s3Bucket,
  "aws:eks/cluster:Cluster": rule(
    "name",
    /^[0-9A-Za-z][A-Za-z0-9_-]{0,99}$/,
    "1 to 100 letters, digits, hyphens and underscores, the first a letter or digit",
  ),
  "aws:eks/nodeGroup:NodeGroup": rule(
    "nodeGroupName",
    /^[0-9A-Za-z][A-Za-z0-9_-]{0,62}$/,
    "1 to 63 letters, digits, hyphens and underscores, the first a letter or digit",
  ),
  "aws:iam/role:Role": rule("name", /^[\w+=,.@-]{1,64}$/, "1 to 64 letters, digits and _+=,.@-"),
  "aws:iam/policy:Policy": rule("name", /^[\w+=,.@-]{1,128}$/, "1 to 128 letters, digits and _+=,.@-"),
  "aws:sqs/queue:Queue": rule(
    "name",
    /^([A-Za-z0-9_-]{1,80}|[A-Za-z0-9_-]{1,75}\.fifo)$/,
    "1 to 80 letters, digits, hyphens and underscores (a FIFO queue ends in .fifo)",
  ),
  "aws:ecr/repository:Repository": rule(
    "name",
    /^(?=.{2,256}$)(?:[a-z0-9]+(?:[._-][a-z0-9]+)*\/)*[a-z0-9]+(?:[._-][a-z0-9]+)*$/,
    "2 to 256 lower-case letters, digits and single . _ - between them, parts separated by /",
  ),
  "aws:cloudwatch/logGroup:LogGroup": rule(
    "name",
    /^[.\-_/#A-Za-z0-9]{1,512}$/,
    "1 to 512 letters, digits and . - _ / #",
  ),
  "aws:kms/alias:Alias": rule(
    "name",
    /^alias\/(?!aws\/)[A-Za-z0-9/_-]{1,250}$/,
    "alias/ and 1 to 250 letters, digits, / _ -, not alias/aws/…",
  ),
  "azure-native:resources:ResourceGroup": rule(
    "resourceGroupName",
    /^[-\w._()]{0,89}[-\w_()]$/,
    "1 to 90 letters, digits and - _ . ( ), the last no dot",
  ),
  "azure-native:storage:StorageAccount": rule(
    "accountName",
    /^[a-z0-9]{3,24}$/,
    "3 to 24 lower-case letters and digits",
  ),
  "azure-native:storage:BlobContainer": storageName("containerName"),
  "azure-native:storage:Queue": storageName("queueName"),
  "azure-native:containerregistry:Registry": rule(
    "registryName",
    /^[A-Za-z0-9]{5,50}$/,
    "5 to 50 letters and digits",
  ),
  "azure-native:containerservice:ManagedCluster": rule(
    "resourceName",
    /^[A-Za-z0-9]([-_A-Za-z0-9]{0,61}[A-Za-z0-9])?$/,
    "1 to 63 letters, digits, hyphens and underscores, the first and last a letter or digit",
  ),
  "azure-native:containerservice:AgentPool": rule(
    "agentPoolName",
    /^[a-z][a-z0-9]{0,11}$/,
    "1 to 12 lower-case letters and digits, the first a letter",
  ),
  "azure-native:keyvault:Vault": rule(
    "vaultName",
    /^(?!.*--)[A-Za-z][A-Za-z0-9-]{1,22}[A-Za-z0-9]$/,
    "3 to 24 letters, digits and single hyphens, the first a letter, the last no hyphen",
  ),
  "azure-native:managedidentity:UserAssignedIdentity": rule(
    "resourceName",
    /^[A-Za-z0-9][-\w]{2,127}$/,
    "3 to 128 letters, digits, hyphens and underscores, the first a letter or digit",
  ),
  "azure-native:servicebus:Namespace": rule(
    "namespaceName",
    /^[A-Za-z][A-Za-z0-9-]{4,48}[A-Za-z0-9]$/,
    "6 to 50 letters, digits and hyphens, the first a letter, the last no hyphen",
  ),
  "gcp:container/cluster:Cluster": gkeName,
  "gcp:container/nodePool:NodePool": gkeName,
  "gcp:compute/network:Network": gcpName,
  "gcp:compute/subnetwork:Subnetwork": gcpName,
  "gcp:compute/router:Router": gcpName,
  "gcp:compute/routerNat:RouterNat": gcpName,
  "gcp:compute/firewall:Firewall": gcpName,
  "gcp:compute/address:Address": gcpName,
  "gcp:storage/bucket:Bucket": rule(
    "name",
    /^(?!goog)(?!.*google)(?!.*\.\.)[a-z0-9][a-z0-9._-]{1,61}[a-z0-9]$/,
    "3 to 63 lower-case letters, digits and - _ ., the first and last a letter or digit, without 'goog' in front",
  ),
  "gcp:serviceaccount/account:Account": rule(
    "accountId",
    /^[a-z](?:[-a-z0-9]{4,28}[a-z0-9])$/,
    "6 to 30 lower-case letters, digits and hyphens, the first a letter, the last no hyphen",
  ),
  "gcp:pubsub/topic:Topic": rule(
    "name",
    /^(?!goog)(projects\/[^/]+\/topics\/)?[A-Za-z][\w.~+%-]{2,254}$/,
    "3 to 255 letters, digits and - _ . ~ + %, the first a letter, not starting with goog",
  ),
  "gcp:pubsub/subscription:Subscription": rule(
    "name",
    /^(?!goog)[A-Za-z][\w.~+%-]{2,254}$/,
    "3 to 255 letters, digits and - _ . ~ + %, the first a letter, not starting with goog",
  ),
  "gcp:artifactregistry/repository:Repository": rule("repositoryId", RFC1035, LABEL_NAME),
  "gcp:kms/keyRing:KeyRing": rule(
    "name",
    /^[\w-]{1,63}$/,
    "1 to 63 letters, digits, hyphens and underscores",
  ),
  "gcp:kms/cryptoKey:CryptoKey": rule(
    "name",
    /^[\w-]{1,63}$/,
    "1 to 63 letters, digits, hyphens and underscores",
  ),
};

const DNS_SUBDOMAIN = rule(
  "metadata.name",
  /^(?=.{1,253}$)[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$/,
  "a lower-case RFC 1123 subdomain: at most 253 letters, digits, - and ., each part starting and ending with a letter or digit",
);
const DNS_LABEL = rule(
  "metadata.name",
  /^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$/,
  "a lower-case RFC 1123 label: at most 63 letters, digits and -, starting and ending with a letter or digit",
);

function kubernetesRule(type: string): NameRule | undefined {
  if (/:(Namespace|Service)$/.test(type)) return DNS_LABEL;
  // Names in RBAC are path segments and may hold colons (system:node).
  return type.includes("rbac.authorization.k8s.io") ? undefined : DNS_SUBDOMAIN;
}

/** What is wrong with the resource's own name by its cloud's rules. */
export function checkName(type: string, inputs: Properties): CheckFailure[] {
  const found = isKubernetesObject(type) ? kubernetesRule(type) : RULES[type];
  if (!found) return [];
  const name = valueAt(inputs, found.property.split("."));
  if (typeof name !== "string" || containsUnknown(name) || found.pattern.test(name)) return [];
  return [{ property: found.property, reason: `'${name}' is not a valid name: ${found.allowed}` }];
}

interface TagRule {
  properties: string[];
  key: RegExp;
  value: RegExp;
  allowed: string;
  maximum: number;
}

const TAG_RULES: { [provider: string]: TagRule } = {
  aws: {
    properties: ["tags"],
    key: /^(?!aws:)[\p{L}\p{Z}\p{N}_.:/=+\-@]{1,128}$/u,
    value: /^[\p{L}\p{Z}\p{N}_.:/=+\-@]{0,256}$/u,
    allowed:
      "keys of 1 to 128 and values of at most 256 letters, digits, spaces and _.:/=+-@, no key starting with aws:",
    maximum: 50,
  },
  "azure-native": {
    properties: ["tags"],
    key: /^[^<>%&\\?/]{1,512}$/,
    value: /^.{0,256}$/s,
    allowed: "keys of 1 to 512 characters without < > % & \\ ? /, values of at most 256",
    maximum: 50,
  },
  gcp: {
    properties: ["labels", "resourceLabels", "userLabels"],
    key: /^[\p{Ll}\p{Lo}][\p{Ll}\p{Lo}\p{N}_-]{0,62}$/u,
    value: /^[\p{Ll}\p{Lo}\p{N}_-]{0,63}$/u,
    allowed: "keys and values of at most 63 lower-case letters, digits, _ and -, keys starting with a letter",
    maximum: 64,
  },
};

/** Types whose `labels` are settings and no resource labels. */
const OTHER_LABELS = new Set(["gcp:monitoring/notificationChannel:NotificationChannel"]);

/** What is wrong with tags or labels by the cloud's rules. */
export function checkTags(type: string, inputs: Properties): CheckFailure[] {
  if (OTHER_LABELS.has(type)) return [];
  const tagRule = TAG_RULES[type.split(":")[0] ?? ""];
  if (!tagRule) return [];
  return tagRule.properties.flatMap((property) => checkTagMap(tagRule, property, inputs[property]));
}

function checkTagMap(tagRule: TagRule, property: string, tags: Value | undefined): CheckFailure[] {
  if (!isProperties(tags)) return [];
  const failures: CheckFailure[] = [];
  const entries = Object.entries(tags);
  if (entries.length > tagRule.maximum)
    failures.push({
      property,
      reason: `${entries.length} ${property}, at most ${tagRule.maximum} are allowed`,
    });
  for (const [key, value] of entries) {
    if (typeof value !== "string" || containsUnknown(value)) continue;
    if (!tagRule.key.test(key) || !tagRule.value.test(value))
      failures.push({
        property: child(property, key),
        reason: `'${key}: ${value}' is not valid: ${tagRule.allowed}`,
      });
  }
  return failures;
}
