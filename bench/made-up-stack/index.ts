// Resources of the usual kinds, as many as asked for, in groups of ten that depend on each other.

import { Budget } from "@pulumi/aws/budgets/budget.js";
import { Key } from "@pulumi/aws/kms/key.js";
import { KeyPolicy } from "@pulumi/aws/kms/keyPolicy.js";
import { Bucket } from "@pulumi/aws/s3/bucket.js";
import { BucketPublicAccessBlock } from "@pulumi/aws/s3/bucketPublicAccessBlock.js";
import { BucketVersioning } from "@pulumi/aws/s3/bucketVersioning.js";
import { Queue } from "@pulumi/aws/sqs/queue.js";
import { QueuePolicy } from "@pulumi/aws/sqs/queuePolicy.js";
import { Deployment } from "@pulumi/kubernetes/apps/v1/deployment.js";
import { ConfigMap } from "@pulumi/kubernetes/core/v1/configMap.js";
import { ComponentResource, Config, jsonStringify } from "@pulumi/pulumi";

class Group extends ComponentResource {
  constructor(name: string) {
    super("made-up:index:Group", name);
    const parent = { parent: this };
    const tags = { project: "made-up", stack: "bench", owner: "bench", "cost-centre": "bench" };
    const key = new Key(name, { enableKeyRotation: true, tags }, parent);
    new KeyPolicy(
      name,
      { keyId: key.id, policy: jsonStringify({ Version: "2012-10-17", Statement: [] }) },
      parent,
    );
    const bucket = new Bucket(name, { ...bucketSettings, tags }, parent);
    new BucketVersioning(name, { bucket: bucket.id, versioningConfiguration: { status: "Enabled" } }, parent);
    new BucketPublicAccessBlock(
      name,
      {
        bucket: bucket.id,
        blockPublicAcls: true,
        blockPublicPolicy: true,
        ignorePublicAcls: true,
        restrictPublicBuckets: true,
      },
      parent,
    );
    const deadLetter = "arn:aws:sqs:us-east-1:123456789012:made-up-dead-letter";
    const redrivePolicy = JSON.stringify({ deadLetterTargetArn: deadLetter, maxReceiveCount: 5 });
    const queue = new Queue(name, { sqsManagedSseEnabled: true, redrivePolicy, tags }, parent);
    new QueuePolicy(name, { queueUrl: queue.url, policy: jsonStringify({ Resource: queue.arn }) }, parent);
    const settings = new ConfigMap(
      name,
      { metadata: { namespace: "made-up" }, data: { queue: queue.url } },
      parent,
    );
    new Deployment(name, deployment(name, settings), parent);
  }
}

/** In the bucket itself: with a resource for each the groups would be of buckets mostly. */
const bucketSettings = {
  forceDestroy: false,
  logging: { targetBucket: "made-up-logs" },
  lifecycleRules: [{ enabled: true, expiration: { days: 30 } }],
  serverSideEncryptionConfiguration: {
    rule: { applyServerSideEncryptionByDefault: { sseAlgorithm: "AES256" } },
  },
  policy: JSON.stringify({
    Version: "2012-10-17",
    Statement: [
      {
        Effect: "Deny",
        Principal: "*",
        Action: "s3:*",
        Resource: "*",
        Condition: { Bool: { "aws:SecureTransport": "false" } },
      },
    ],
  }),
};

function deployment(name: string, settings: ConfigMap) {
  const labels = { "app.kubernetes.io/name": name };
  return {
    metadata: { namespace: "made-up", labels },
    spec: {
      replicas: 1,
      selector: { matchLabels: labels },
      template: {
        metadata: { labels },
        spec: {
          serviceAccountName: name,
          automountServiceAccountToken: false,
          securityContext: { runAsNonRoot: true, seccompProfile: { type: "RuntimeDefault" } },
          containers: [
            {
              name: "main",
              image: `registry.example.com/made-up@sha256:${"0".repeat(64)}`,
              envFrom: [{ configMapRef: { name: settings.metadata.name } }],
              resources: { requests: { cpu: "1", memory: "1Gi" }, limits: { cpu: "1", memory: "1Gi" } },
              livenessProbe: { httpGet: { path: "/", port: 8080 } },
              readinessProbe: { httpGet: { path: "/", port: 8080 } },
              securityContext: {
                allowPrivilegeEscalation: false,
                readOnlyRootFilesystem: true,
                capabilities: { drop: ["ALL"] },
              },
            },
          ],
        },
      },
    },
  };
}

new Budget("budget", {
  budgetType: "COST",
  timeUnit: "MONTHLY",
  limitUnit: "USD",
  limitAmount: "1000",
  notifications: [
    {
      comparisonOperator: "GREATER_THAN",
      notificationType: "ACTUAL",
      threshold: 80,
      thresholdType: "PERCENTAGE",
      subscriberEmailAddresses: ["made-up@example.com"],
    },
  ],
});

const count = new Config().requireNumber("resources");
for (let index = 0; index < count / 10; index += 1) new Group(`group-${index}`);
