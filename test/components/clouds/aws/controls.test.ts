import assert from "node:assert/strict";
import type { Environment } from "../../../../components/cloud-settings.ts";
import type { RecordedResource, Recording } from "../../../../simulator/recording/record-program.ts";
import { gpuPool, recordStack, settingsOf } from "./aws-stack.ts";

const closed = { enabled: false, allowedCidrs: [] };
const pools = [gpuPool, { ...gpuPool, name: "l4", accelerator: "l4", spot: false }];

/** Statements of every IAM policy, queue policy, bucket policy and key policy of the stack. */
function statements(resources: RecordedResource[]): Record<string, unknown>[] {
  return resources
    .map(({ inputs }) => inputs.policy)
    .filter((policy) => typeof policy === "string" && policy.includes("Statement"))
    .flatMap((policy) => JSON.parse(policy).Statement);
}

const list = (value: unknown): unknown[] => (Array.isArray(value) ? value : [value]);

for (const environment of ["development", "production"] as Environment[])
  describe(`controls of an aws stack in ${environment}`, () => {
    const production = environment === "production";
    let stack: Recording<Record<string, unknown>>;
    before(async () => {
      stack = await recordStack(settingsOf(environment, { gpuPools: pools, publicEndpoint: closed }));
    });
    const cluster = () => stack.one("aws:eks/cluster:Cluster").inputs;

    it("1, 2: the API server is reached privately, and from nowhere else", () => {
      const { vpcConfig } = cluster();
      assert.equal(vpcConfig.endpointPrivateAccess, true);
      assert.equal(vpcConfig.endpointPublicAccess, false);
      assert.ok(vpcConfig.publicAccessCidrs.length > 0);
      for (const range of vpcConfig.publicAccessCidrs) assert.match(range, /^203\.0\.113\.\d+\/32$/);
    });

    it("1: a public one is for the ranges that are named", async () => {
      const allowedCidrs = ["198.51.100.0/24"];
      const open = await recordStack(
        settingsOf(environment, { publicEndpoint: { enabled: true, allowedCidrs } }),
      );
      const { vpcConfig } = open.one("aws:eks/cluster:Cluster").inputs;
      assert.equal(vpcConfig.endpointPublicAccess, true);
      assert.deepEqual(vpcConfig.publicAccessCidrs, allowedCidrs);
      assert.equal(vpcConfig.endpointPrivateAccess, true);
    });

    it("3: secrets are encrypted by the stack's key", () => {
      const { encryptionConfig } = cluster();
      assert.deepEqual(encryptionConfig.resources, ["secrets"]);
      const key = stack.one("aws:kms/key:Key", "key-cluster");
      assert.equal(encryptionConfig.provider.keyArn, key.outputs.arn);
    });

    it("4: the control plane logs all there is", () => {
      const types = ["api", "audit", "authenticator", "controllerManager", "scheduler"];
      assert.deepEqual([...cluster().enabledClusterLogTypes].sort(), types);
    });

    it("5: access is by entries alone, and somebody has one", () => {
      const { authenticationMode, bootstrapClusterCreatorAdminPermissions } = cluster().accessConfig;
      assert.equal(authenticationMode, "API");
      assert.equal(bootstrapClusterCreatorAdminPermissions, false);
      const entry = stack.one("aws:eks/accessEntry:AccessEntry").inputs;
      const policy = stack.one("aws:eks/accessPolicyAssociation:AccessPolicyAssociation").inputs;
      assert.equal(entry.principalArn, "arn:aws:iam::123456789012:user/simulated");
      assert.equal(policy.principalArn, entry.principalArn);
    });

    it("6: the version of Kubernetes is given, and nodes follow it", () => {
      assert.match(cluster().version, /^1\.3[4-9]$/);
      for (const { inputs } of stack.all("aws:eks/nodeGroup:NodeGroup"))
        assert.equal(inputs.version, cluster().version);
    });

    it("7: in production nothing deletes the cluster, the bucket, the queues, the registry or a key", () => {
      assert.equal(cluster().deletionProtection, production);
      for (const type of [
        "aws:eks/cluster:Cluster",
        "aws:s3/bucket:Bucket",
        "aws:sqs/queue:Queue",
        "aws:ecr/repository:Repository",
        "aws:kms/key:Key",
      ]) {
        assert.ok(stack.all(type).length > 0);
        for (const { protect, name } of stack.all(type)) assert.equal(protect, production, `${type} ${name}`);
      }
    });

    it("8: no subnet gives out public addresses, and nodes live in private ones", () => {
      const subnets = stack.all("aws:ec2/subnet:Subnet");
      for (const { inputs } of subnets) assert.equal(inputs.mapPublicIpOnLaunch, false);
      const privateIds = subnets.filter(({ name }) => name.startsWith("private-")).map(({ id }) => id);
      for (const { inputs } of stack.all("aws:eks/nodeGroup:NodeGroup")) {
        assert.ok(inputs.subnetIds.length >= 2);
        for (const id of inputs.subnetIds) assert.ok(privateIds.includes(id));
      }
    });

    it("9, 10, 11: nodes take no SSH, guard their metadata, encrypt their disks", () => {
      const groups = stack.all("aws:eks/nodeGroup:NodeGroup");
      const templates = stack.all("aws:ec2/launchTemplate:LaunchTemplate");
      assert.equal(groups.length, 3);
      assert.equal(templates.length, 3);
      for (const { inputs } of groups) {
        assert.equal(inputs.remoteAccess, undefined);
        assert.ok(templates.some(({ id }) => id === inputs.launchTemplate.id));
      }
      for (const { inputs } of templates) {
        assert.equal(inputs.keyName, undefined);
        assert.equal(inputs.metadataOptions.httpTokens, "required");
        assert.equal(inputs.metadataOptions.httpPutResponseHopLimit, 1);
        for (const { ebs } of inputs.blockDeviceMappings) {
          assert.equal(ebs.encrypted, "true");
          assert.equal(ebs.volumeType, "gp3");
        }
      }
    });

    it("12: workloads have roles by Pod Identity, and nobody has a key", () => {
      assert.deepEqual(stack.all("aws:iam/accessKey:AccessKey"), []);
      const { inputs } = stack.one(
        "aws:eks/podIdentityAssociation:PodIdentityAssociation",
        "identity-runtime",
      );
      assert.equal(inputs.serviceAccount, "runtime");
      const role = stack.one("aws:iam/role:Role", "identity-runtime");
      assert.equal(inputs.roleArn, role.outputs.arn);
      const [trust] = JSON.parse(role.inputs.assumeRolePolicy).Statement;
      assert.deepEqual(trust.Principal, { Service: "pods.eks.amazonaws.com" });
      assert.deepEqual(trust.Condition.StringEquals, {
        "aws:RequestTag/eks-cluster-name": "skyloom-test",
        "aws:RequestTag/kubernetes-namespace": "skyloom",
        "aws:RequestTag/kubernetes-service-account": "runtime",
      });
    });

    it("12: the autoscaler changes the size of this cluster's groups, and writes nothing else", () => {
      const { inputs } = stack.one("aws:iam/rolePolicy:RolePolicy", "cluster-autoscaler");
      assert.equal(inputs.role, stack.one("aws:iam/role:Role", "identity-cluster-autoscaler").inputs.name);
      const statements: { Action: string[]; Condition?: object }[] = JSON.parse(inputs.policy).Statement;
      const writing = statements.filter(({ Action }) => Action.some((name) => !/:(Describe|Get)/.test(name)));
      assert.deepEqual(
        writing.map(({ Action, Condition }) => ({ Action, Condition })),
        [
          {
            Action: ["autoscaling:SetDesiredCapacity", "autoscaling:TerminateInstanceInAutoScalingGroup"],
            Condition: {
              StringEquals: { "aws:ResourceTag/k8s.io/cluster-autoscaler/skyloom-test": "owned" },
            },
          },
        ],
      );
      const { inputs: release } = stack.one("kubernetes:helm.sh/v3:Release", "cluster-autoscaler");
      assert.equal(release.values.autoDiscovery.clusterName, "skyloom-test");
      assert.equal(release.values.image.tag, `v${stack.one("aws:eks/cluster:Cluster").inputs.version}.0`);
    });

    it("13: nodes have the three policies that a node needs", () => {
      const role = stack.one("aws:iam/role:Role", "nodes");
      const attached = stack
        .all("aws:iam/rolePolicyAttachment:RolePolicyAttachment")
        .filter(({ inputs }) => inputs.role === role.inputs.name)
        .map(({ inputs }) => inputs.policyArn.split("/").at(-1));
      assert.deepEqual(attached.sort(), [
        "AmazonEC2ContainerRegistryReadOnly",
        "AmazonEKSWorkerNodePolicy",
        "AmazonEKS_CNI_Policy",
      ]);
      const own = stack
        .all("aws:iam/rolePolicy:RolePolicy")
        .filter(({ inputs }) => inputs.role === role.inputs.name);
      assert.deepEqual(own, []);
    });

    it("14: images are scanned, and their tags stay", () => {
      const { inputs } = stack.one("aws:ecr/repository:Repository");
      assert.equal(inputs.imageScanningConfiguration.scanOnPush, true);
      assert.equal(inputs.imageTagMutability, "IMMUTABLE");
      assert.equal(inputs.encryptionConfigurations[0].encryptionType, production ? "KMS" : "AES256");
      assert.equal(inputs.forceDelete, !production);
    });

    it("15: each bucket blocks public access in four ways", () => {
      for (const { inputs } of stack.all("aws:s3/bucket:Bucket")) {
        const block = ofBucket(
          stack,
          "aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock",
          inputs.bucket,
        );
        const { bucket, ...flags } = block.inputs;
        assert.equal(bucket, inputs.bucket);
        assert.deepEqual(flags, {
          blockPublicAcls: true,
          blockPublicPolicy: true,
          ignorePublicAcls: true,
          restrictPublicBuckets: true,
        });
      }
    });

    it("16: buckets and queues refuse whoever comes without TLS", () => {
      const policies = [
        ...stack.all("aws:s3/bucketPolicy:BucketPolicy"),
        ...stack.all("aws:sqs/queuePolicy:QueuePolicy"),
      ];
      assert.equal(policies.length, 4);
      for (const policy of policies) {
        const [first] = statements([policy]);
        assert.equal(first?.Effect, "Deny");
        assert.equal(first?.Principal, "*");
        assert.deepEqual(first?.Condition, { Bool: { "aws:SecureTransport": "false" } });
      }
    });

    it("17: each bucket is encrypted, the stack's own by KMS in production", () => {
      const type = "aws:s3/bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration";
      const algorithm = (bucket: string) =>
        stack.one(type, bucket).inputs.rules[0].applyServerSideEncryptionByDefault.sseAlgorithm;
      assert.equal(algorithm("bucket"), production ? "aws:kms" : "AES256");
      // S3 delivers access logs to no other.
      assert.equal(algorithm("bucket-logs"), "AES256");
    });

    it("18: versions are kept, old ones go, access is logged, data do not go with the stack", () => {
      const bucket = stack.one("aws:s3/bucket:Bucket", "bucket").inputs;
      assert.equal(bucket.forceDestroy, !production);
      for (const name of ["bucket", "bucket-logs"])
        assert.equal(
          stack.one("aws:s3/bucketVersioning:BucketVersioning", name).inputs.versioningConfiguration.status,
          "Enabled",
        );
      const { rules } = stack.one(
        "aws:s3/bucketLifecycleConfiguration:BucketLifecycleConfiguration",
        "bucket",
      ).inputs;
      assert.ok(rules.every(({ status }: { status: string }) => status === "Enabled"));
      assert.ok(rules.some((rule: object) => "noncurrentVersionExpiration" in rule));
      assert.ok(rules.some((rule: object) => "abortIncompleteMultipartUpload" in rule));
      const [expiring, ...others] = rules.filter(
        (rule: { expiration?: { days?: number } }) => rule.expiration?.days,
      );
      assert.deepEqual([expiring.filter, others], [{ prefix: "messages/" }, []]);
      assert.equal(
        stack.one("aws:s3/bucketLogging:BucketLogging").inputs.targetBucket,
        stack.one("aws:s3/bucket:Bucket", "bucket-logs").inputs.bucket,
      );
    });

    it("19: queues are encrypted, and what fails too often is put aside", () => {
      const queue = stack.one("aws:sqs/queue:Queue", "queue");
      const deadLetter = stack.one("aws:sqs/queue:Queue", "dead-letter");
      for (const { inputs } of [queue, deadLetter])
        if (production)
          assert.equal(inputs.kmsMasterKeyId, stack.one("aws:kms/key:Key", "key-data").outputs.arn);
        else assert.equal(inputs.sqsManagedSseEnabled, true);
      assert.deepEqual(JSON.parse(queue.inputs.redrivePolicy), {
        deadLetterTargetArn: deadLetter.outputs.arn,
        maxReceiveCount: 5,
      });
      const allowed = JSON.parse(
        stack.one("aws:sqs/redriveAllowPolicy:RedriveAllowPolicy").inputs.redriveAllowPolicy,
      );
      assert.deepEqual(allowed, { redrivePermission: "byQueue", sourceQueueArns: [queue.outputs.arn] });
    });

    it("20, 21: nothing is allowed to everybody, and nobody everything", () => {
      const allowing = statements(stack.resources).filter(({ Effect }) => Effect === "Allow");
      assert.ok(allowing.length >= 6);
      for (const { Principal, Action } of allowing) {
        assert.notEqual(Principal, "*");
        assert.ok(!list(Action).includes("*"), JSON.stringify(Action));
      }
      for (const { inputs } of stack.all("aws:iam/rolePolicyAttachment:RolePolicyAttachment"))
        assert.doesNotMatch(inputs.policyArn, /AdministratorAccess|FullAccess|PowerUser/);
    });

    it("21: the workload's role reaches its bucket, its queues and its secrets, and nothing else", () => {
      const role = stack.one("aws:iam/role:Role", "identity-runtime").inputs.name;
      const granted = statements(
        stack.all("aws:iam/rolePolicy:RolePolicy").filter(({ inputs }) => inputs.role === role),
      );
      const resources = new Set(granted.flatMap(({ Resource }) => list(Resource)));
      const secrets = "arn:aws:secretsmanager:us-east-1:123456789012:secret:skyloom-test/*";
      const key = production ? [stack.one("aws:kms/key:Key", "key-data").outputs.arn] : [];
      assert.deepEqual(
        [...resources].sort(),
        [
          ...key,
          secrets,
          "arn:aws:s3:::skyloom-test-123456789012-us-east-1",
          "arn:aws:s3:::skyloom-test-123456789012-us-east-1/*",
          "arn:aws:sqs:us-east-1:123456789012:skyloom-test-dead-letter",
          "arn:aws:sqs:us-east-1:123456789012:skyloom-test-queue",
        ].sort(),
      );
      const actions = granted.flatMap(({ Action }) => list(Action)).map(String);
      assert.ok(actions.every((action) => !action.includes("*")));
      const reading = granted.find(({ Resource }) => list(Resource).includes(secrets));
      assert.deepEqual(list(reading?.Action), ["secretsmanager:GetSecretValue"]);
      for (const queue of ["queue", "dead-letter"]) {
        const statement = granted.find(({ Resource }) =>
          list(Resource).includes(`arn:aws:sqs:us-east-1:123456789012:skyloom-test-${queue}`),
        );
        assert.deepEqual(list(statement?.Action).map(String).sort(), [
          "sqs:ChangeMessageVisibility",
          "sqs:DeleteMessage",
          "sqs:GetQueueAttributes",
          "sqs:GetQueueUrl",
          "sqs:ReceiveMessage",
          "sqs:SendMessage",
        ]);
      }
    });

    it("22: keys are rotated", () => {
      const keys = stack.all("aws:kms/key:Key");
      assert.equal(keys.length, production ? 2 : 1);
      for (const { inputs } of keys) assert.equal(inputs.enableKeyRotation, true);
    });

    it("23: no security group lets the internet in, and the default one lets nobody in or out", () => {
      const group = stack.one("aws:ec2/defaultSecurityGroup:DefaultSecurityGroup").inputs;
      assert.deepEqual([group.ingress, group.egress], [[], []]);
      const rules = stack.all("aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule");
      assert.equal(rules.length, production ? 1 : 0);
      for (const { inputs } of rules) {
        assert.equal(inputs.cidrIpv4, "10.0.0.0/16");
        assert.deepEqual([inputs.fromPort, inputs.toPort], [443, 443]);
      }
    });

    it("24: the VPC has a flow log", () => {
      const { inputs } = stack.one("aws:ec2/flowLog:FlowLog");
      assert.equal(inputs.vpcId, stack.one("aws:ec2/vpc:Vpc").id);
      assert.equal(inputs.trafficType, production ? "ALL" : "REJECT");
    });

    it("60 to 64, 68, 70: the device plugin has the folder it needs, and no more", () => {
      const namespace = stack.one("kubernetes:core/v1:Namespace", "device-plugin").inputs.metadata;
      assert.equal(namespace.labels["pod-security.kubernetes.io/enforce"], "privileged");
      for (const { inputs } of stack.all("kubernetes:apps/v1:DaemonSet")) {
        const { spec } = inputs.spec.template;
        assert.ok(!spec.hostNetwork && !spec.hostPID && !spec.hostIPC);
        assert.equal(spec.automountServiceAccountToken, false);
        const [container] = spec.containers;
        assert.match(container.image, /@sha256:[0-9a-f]{64}$/);
        assert.deepEqual(container.securityContext, {
          allowPrivilegeEscalation: false,
          readOnlyRootFilesystem: true,
          capabilities: { drop: ["ALL"] },
        });
        const folders = spec.volumes.flatMap(
          ({ hostPath }: { hostPath?: { path: string } }) => hostPath?.path ?? [],
        );
        assert.deepEqual(folders, ["/var/lib/kubelet/device-plugins"]);
      }
    });

    it("76: everything that bills is tagged", () => {
      const tags = { project: "skyloom", stack: "test", owner: "platform-team", "cost-centre": "research" };
      const taggable = stack.resources.filter(
        ({ type, outputs }) => type.startsWith("aws:") && "tagsAll" in outputs,
      );
      assert.ok(taggable.length > 30);
      for (const { inputs, type, name } of taggable)
        for (const [key, value] of Object.entries(tags))
          assert.equal(inputs.tags?.[key], value, `${type} ${name}`);
      for (const { inputs } of stack.all("aws:ec2/launchTemplate:LaunchTemplate"))
        assert.deepEqual(
          inputs.tagSpecifications.map((each: { resourceType: string; tags: typeof tags }) => [
            each.resourceType,
            each.tags.stack,
          ]),
          [
            ["instance", "test"],
            ["volume", "test"],
            ["network-interface", "test"],
          ],
        );
    });

    it("77: a budget tells people", () => {
      const { inputs } = stack.one("aws:budgets/budget:Budget");
      assert.equal(inputs.limitAmount, "500.00");
      assert.deepEqual(inputs.costFilters, [{ name: "TagKeyValue", values: ["user:stack$test"] }]);
      assert.equal(inputs.notifications.length, 4);
      for (const { subscriberEmailAddresses } of inputs.notifications)
        assert.deepEqual(subscriberEmailAddresses, ["team@example.com"]);
    });

    it("78: logs do not stay for ever", () => {
      const groups = stack.all("aws:cloudwatch/logGroup:LogGroup");
      assert.equal(groups.length, 2);
      for (const { inputs } of groups) assert.equal(inputs.retentionInDays, 30);
      const group = stack.one("aws:cloudwatch/logGroup:LogGroup", "logs-cluster");
      assert.ok(stack.one("aws:eks/cluster:Cluster").dependencies.includes(group.urn));
    });
  });

function ofBucket(stack: Recording<unknown>, type: string, bucket: string): RecordedResource {
  const found = stack.all(type).find(({ inputs }) => inputs.bucket === bucket);
  assert.ok(found, `no ${type} of ${bucket}`);
  return found;
}
