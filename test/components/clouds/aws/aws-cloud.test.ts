import assert from "node:assert/strict";
import { UNKNOWN } from "../../../../simulator/values.ts";
import { gpuPool, recordStack, settingsOf } from "./aws-stack.ts";

describe("a stack on aws", () => {
  it("gives the outputs of the port", async () => {
    const { result, resultSecrets } = await recordStack(settingsOf("development"));
    assert.equal(result.bucket, "s3://skyloom-test-123456789012-us-east-1?region=us-east-1");
    assert.equal(
      result.queue,
      "sqs://123456789012/skyloom-test-queue?deadLetters=skyloom-test-dead-letter&region=us-east-1",
    );
    assert.equal(
      result.deadLetter,
      "https://sqs.us-east-1.amazonaws.com/123456789012/skyloom-test-dead-letter",
    );
    assert.equal(result.repository, "123456789012.dkr.ecr.us-east-1.amazonaws.com/skyloom-test");
    assert.match(String(result.image), /@sha256:[0-9a-f]{64}$/);
    assert.deepEqual(resultSecrets, ["kubeconfig"]);
    const kubeconfig = JSON.parse(String(result.kubeconfig));
    const { command, args } = kubeconfig.users[0].user.exec;
    assert.equal(
      [command, ...args].join(" "),
      "aws eks get-token --cluster-name skyloom-test --region us-east-1 --output json",
    );
  });

  it("knows bucket and queue in the preview already", async () => {
    const { result } = await recordStack(settingsOf("development"), { preview: true });
    assert.equal(result.bucket, "s3://skyloom-test-123456789012-us-east-1?region=us-east-1");
    assert.equal(
      result.queue,
      "sqs://123456789012/skyloom-test-queue?deadLetters=skyloom-test-dead-letter&region=us-east-1",
    );
    assert.equal(result.principal, UNKNOWN);
  });

  it("is a tree below one component", async () => {
    const { resources, one } = await recordStack(settingsOf("production"));
    const foundation = one("skyloom:aws:Foundation");
    const outside = resources.filter(
      ({ type, parent }) => type.startsWith("aws:") && parent !== foundation.urn,
    );
    assert.deepEqual(outside, []);
  });

  it("starts the workload after its identity and its grants", async () => {
    const { one } = await recordStack(settingsOf("development"));
    const { dependencies } = one("kubernetes:apps/v1:Deployment", "runtime");
    for (const [type, name] of [
      ["aws:iam/rolePolicy:RolePolicy", "grant-bucket-read-write-runtime"],
      ["aws:iam/rolePolicy:RolePolicy", "grant-queue-runtime"],
      ["aws:iam/rolePolicy:RolePolicy", "grant-secrets-runtime"],
      ["aws:eks/podIdentityAssociation:PodIdentityAssociation", "identity-runtime"],
    ] as const)
      assert.ok(dependencies.includes(one(type, name).urn), name);
  });

  it("lets secrets be read, by the stack's key through Secrets Manager only", async () => {
    const allowed = async (environment: "development" | "production") => {
      const recording = await recordStack(settingsOf(environment));
      const { inputs } = recording.one("aws:iam/rolePolicy:RolePolicy", "grant-secrets-runtime");
      return { statements: JSON.parse(inputs.policy).Statement, recording };
    };
    const secrets = "arn:aws:secretsmanager:us-east-1:123456789012:secret:skyloom-test/*";
    const read = { Effect: "Allow", Action: ["secretsmanager:GetSecretValue"], Resource: [secrets] };
    assert.deepEqual((await allowed("development")).statements, [read]);
    const { statements, recording } = await allowed("production");
    assert.deepEqual(statements, [
      read,
      {
        Effect: "Allow",
        Action: ["kms:Decrypt"],
        Resource: [recording.one("aws:kms/key:Key", "key-data").outputs.arn],
        Condition: {
          StringEquals: { "kms:ViaService": "secretsmanager.us-east-1.amazonaws.com" },
          ArnLike: { "kms:EncryptionContext:SecretARN": secrets },
        },
      },
    ]);
  });

  it("lets somebody in before the first object of the cluster, which goes with the cluster", async () => {
    const { all, one } = await recordStack(settingsOf("development"));
    const provider = one("pulumi:providers:kubernetes");
    for (const type of [
      "aws:eks/accessEntry:AccessEntry",
      "aws:eks/accessPolicyAssociation:AccessPolicyAssociation",
    ])
      assert.ok(provider.dependencies.includes(one(type).urn));
    assert.equal(provider.inputs.clusterIdentifier, one("aws:eks/cluster:Cluster").outputs.arn);
    assert.deepEqual(provider.secrets, ["kubeconfig"]);
    for (const object of [...all("kubernetes:core/v1:Namespace"), ...all("kubernetes:apps/v1:DaemonSet")]) {
      assert.ok(object.provider?.startsWith(provider.urn));
      assert.equal(object.deletedWith, one("aws:eks/cluster:Cluster").urn);
    }
  });

  it("gives each zone a way out in production, and all the same one in development", async () => {
    const ways = async (environment: "development" | "production") => {
      const { all } = await recordStack(settingsOf(environment));
      const routes = all("aws:ec2/route:Route").filter(({ name }) => name.startsWith("private-"));
      return {
        gateways: all("aws:ec2/natGateway:NatGateway").length,
        used: new Set(routes.map(({ inputs }) => inputs.natGatewayId)).size,
        routes: routes.length,
      };
    };
    assert.deepEqual(await ways("development"), { gateways: 1, used: 1, routes: 3 });
    assert.deepEqual(await ways("production"), { gateways: 3, used: 3, routes: 3 });
  });

  it("reaches S3 without leaving AWS, in production the other services too", async () => {
    const services = async (environment: "development" | "production") => {
      const { all } = await recordStack(settingsOf(environment));
      return all("aws:ec2/vpcEndpoint:VpcEndpoint")
        .map(({ inputs }) => inputs.serviceName.replace("com.amazonaws.us-east-1.", ""))
        .sort();
    };
    assert.deepEqual(await services("development"), ["s3"]);
    assert.deepEqual(await services("production"), ["ecr.api", "ecr.dkr", "s3", "sqs", "sts"]);
  });

  it("uses no zone that EKS cannot use", async () => {
    const { all } = await recordStack(settingsOf("development"), {
      invokes: {
        "aws:index/getAvailabilityZones:getAvailabilityZones": () => ({
          names: ["us-east-1a", "us-east-1b", "us-east-1c", "us-east-1d"],
          zoneIds: ["use1-az6", "use1-az3", "use1-az1", "use1-az2"],
        }),
      },
    });
    const zones = all("aws:ec2/subnet:Subnet").map(({ inputs }) => inputs.availabilityZone);
    assert.deepEqual([...new Set(zones)].sort(), ["us-east-1a", "us-east-1c", "us-east-1d"]);
  });

  it("brings the add-ons of nodes before the nodes, and those that need nodes after them", async () => {
    const { all, one } = await recordStack(settingsOf("development"));
    const general = one("aws:eks/nodeGroup:NodeGroup", "pool-general");
    const before = ["vpc-cni", "kube-proxy", "eks-pod-identity-agent"];
    for (const name of before)
      assert.ok(general.dependencies.includes(one("aws:eks/addon:Addon", `addon-${name}`).urn), name);
    for (const name of ["coredns", "ebs-csi"])
      assert.ok(one("aws:eks/addon:Addon", `addon-${name}`).dependencies.includes(general.urn), name);
    assert.equal(one("aws:eks/cluster:Cluster").inputs.bootstrapSelfManagedAddons, false);
    for (const { inputs } of all("aws:eks/addon:Addon")) assert.match(inputs.addonVersion, /^v\d/);
    const { podIdentityAssociations } = one("aws:eks/addon:Addon", "addon-ebs-csi").inputs;
    assert.equal(podIdentityAssociations[0].serviceAccount, "ebs-csi-controller-sa");
  });

  it("shows every resource to the transform", async () => {
    const transform = ({ type, props, opts }: { type: string; props: object; opts: object }) =>
      type === "aws:eks/cluster:Cluster" ? { props: { ...props, version: "1.34" }, opts } : undefined;
    const { one } = await recordStack(settingsOf("development", { transform }));
    assert.equal(one("aws:eks/cluster:Cluster").inputs.version, "1.34");
  });

  it("builds and pushes the image where none is named", async () => {
    const { one, result } = await recordStack(settingsOf("development", { image: undefined }), {
      invokes: {
        "aws:ecr/getAuthorizationToken:getAuthorizationToken": () => ({
          userName: "AWS",
          password: "short-lived",
          proxyEndpoint: "https://123456789012.dkr.ecr.us-east-1.amazonaws.com",
        }),
      },
    });
    const image = one("docker-build:index:Image");
    assert.deepEqual(image.inputs.platforms, ["linux/amd64"]);
    assert.match(
      image.inputs.tags[0],
      /dkr\.ecr\.us-east-1\.amazonaws\.com\/skyloom-test:content-[0-9a-f]{12}$/,
    );
    assert.deepEqual(image.secrets, ["registries.0.password"]);
    assert.match(
      String(result.image),
      /^123456789012\.dkr\.ecr\.us-east-1\.amazonaws\.com\/skyloom-test@sha256:/,
    );
  });

  it("has no budget, and no GPU objects, where none are asked for", async () => {
    const { all } = await recordStack(settingsOf("development", { budget: undefined, gpuPools: [] }));
    assert.deepEqual(all("aws:budgets/budget:Budget"), []);
    assert.deepEqual(all("kubernetes:apps/v1:DaemonSet"), []);
    assert.equal(all("aws:eks/nodeGroup:NodeGroup").length, 1);
  });
});

describe("GPU pools on aws", () => {
  const pools = [
    { ...gpuPool, count: 4, diskGib: 200 },
    {
      ...gpuPool,
      name: "shared",
      accelerator: "l4",
      spot: false,
      minimum: 1,
      sharing: { mode: "timeSlicing", replicas: 4 } as const,
    },
  ];

  it("are as the port says", async () => {
    const { one } = await recordStack(settingsOf("development", { gpuPools: pools }));
    const group = one("aws:eks/nodeGroup:NodeGroup", "pool-t4");
    assert.deepEqual(group.inputs.scalingConfig, { minSize: 0, maxSize: 2, desiredSize: 0 });
    assert.deepEqual(group.ignoreChanges, ["scalingConfig.desiredSize"]);
    assert.equal(group.inputs.capacityType, "SPOT");
    assert.equal(group.inputs.amiType, "AL2023_x86_64_NVIDIA");
    assert.deepEqual(group.inputs.nodeRepairConfig, { enabled: true });
    assert.deepEqual(group.inputs.labels, { "skyloom.dev/pool": "t4", "skyloom.dev/accelerator": "t4" });
    assert.deepEqual(group.inputs.taints, [
      { key: "nvidia.com/gpu", value: "present", effect: "NO_SCHEDULE" },
    ]);
    const template = one("aws:ec2/launchTemplate:LaunchTemplate", "pool-t4").inputs;
    assert.equal(template.instanceType, "g4dn.12xlarge");
    assert.equal(template.blockDeviceMappings[0].ebs.volumeSize, 200);
    const shared = one("aws:eks/nodeGroup:NodeGroup", "pool-shared").inputs;
    assert.deepEqual([shared.capacityType, shared.scalingConfig.minSize], ["ON_DEMAND", 1]);
    const general = one("aws:eks/nodeGroup:NodeGroup", "pool-general").inputs;
    assert.deepEqual([general.capacityType, general.amiType], ["ON_DEMAND", "AL2023_x86_64_STANDARD"]);
    assert.deepEqual(general.taints, []);
  });

  it("take the machine that is named", async () => {
    const gpuPools = [{ ...gpuPool, machineType: "g4dn.4xlarge" }];
    const { one } = await recordStack(settingsOf("development", { gpuPools }));
    assert.equal(one("aws:ec2/launchTemplate:LaunchTemplate", "pool-t4").inputs.instanceType, "g4dn.4xlarge");
  });

  it("change their machine by a version of the launch template, so the node group stays", async () => {
    const groupWith = async (count: number) => {
      const { one } = await recordStack(settingsOf("development", { gpuPools: [{ ...gpuPool, count }] }));
      const { launchTemplate, ...inputs } = one("aws:eks/nodeGroup:NodeGroup", "pool-t4").inputs;
      return { ...inputs, template: launchTemplate.id };
    };
    assert.deepEqual(await groupWith(4), await groupWith(1));
  });

  it("tell the autoscaler what a node will look like", async () => {
    const { all, one } = await recordStack(settingsOf("development", { gpuPools: [gpuPool] }));
    const [{ autoscalingGroups }] = one("aws:eks/nodeGroup:NodeGroup", "pool-t4").outputs.resources;
    const tags = all("aws:autoscaling/tag:Tag").filter(({ name }) => name.startsWith("pool-t4-"));
    const prefix = "k8s.io/cluster-autoscaler/node-template";
    assert.deepEqual(Object.fromEntries(tags.map(({ inputs }) => [inputs.tag.key, inputs.tag.value])), {
      [`${prefix}/label/skyloom.dev/pool`]: "t4",
      [`${prefix}/label/skyloom.dev/accelerator`]: "t4",
      [`${prefix}/taint/nvidia.com/gpu`]: "present:NoSchedule",
      [`${prefix}/resources/ephemeral-storage`]: "100Gi",
    });
    for (const { inputs } of tags) assert.equal(inputs.autoscalingGroupName, autoscalingGroups[0].name);
  });

  it("offer their GPUs through a device plugin each, shared where asked", async () => {
    const { one } = await recordStack(settingsOf("development", { gpuPools: pools }));
    const configuration = (pool: string) =>
      JSON.parse(one("kubernetes:core/v1:ConfigMap", `device-plugin-${pool}`).inputs.data["config.yaml"]);
    assert.deepEqual(configuration("t4"), { version: "v1" });
    assert.deepEqual(configuration("shared"), {
      version: "v1",
      sharing: { timeSlicing: { resources: [{ name: "nvidia.com/gpu", replicas: 4 }] } },
    });
    const { spec } = one("kubernetes:apps/v1:DaemonSet", "device-plugin-shared").inputs.spec.template;
    assert.deepEqual(spec.nodeSelector, { "skyloom.dev/pool": "shared" });
    assert.equal(spec.volumes[1].configMap.name, "device-plugin-shared");
  });
});
