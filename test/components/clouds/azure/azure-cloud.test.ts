import assert from "node:assert/strict";
import type { Recording } from "../../../../simulator/recording/record-program.ts";
import { IMAGE } from "../settings.ts";
import {
  development,
  entraToken,
  pool,
  production,
  recordAzure,
  recordUsedAzure,
  useCloud,
} from "./fixture.ts";

const CLUSTER = "azure-native:containerservice:ManagedCluster";

describe("azure cloud", function () {
  // The types of the SDKs are read once, which takes seconds on a busy machine.
  this.timeout(30_000);
  it("registers everything below one component, in a resource group of the stack's name", async () => {
    const recording = await recordUsedAzure(development);
    const foundation = recording.one("skyloom:azure:Foundation").urn;
    for (const { type, name, parent } of recording.resources)
      if (type.startsWith("azure-native:")) assert.equal(parent, foundation, name);
    assert.equal(
      recording.one("azure-native:resources:ResourceGroup").inputs.resourceGroupName,
      "skyloom-dev-azure",
    );
  });

  it("tells bucket and queue in a preview already, and the kubeconfig only as a secret", async () => {
    const recording = await recordUsedAzure(development, { preview: true });
    const result = recording.result as ReturnType<typeof useCloud> & Record<string, unknown>;
    assert.match(String(result.bucket), /^azblob:\/\/skyloomdevazure[0-9a-f]{8}\/skyloom$/);
    assert.match(
      String(result.queue),
      /^azqueue:\/\/skyloomdevazure[0-9a-f]{8}\/messages\?deadLetters=messages-dead-letter$/,
    );
    assert.match(String(result.deadLetter), /\/messages-dead-letter$/);
    assert.equal(result.image, IMAGE);
    const done = await recordUsedAzure(development);
    assert.deepEqual(done.resultSecrets, ["kubeconfig"]);
    assert.ok(done.one("pulumi:providers:kubernetes").secrets.includes("kubeconfig"));
  });

  it("names former types that the SDK moved, but none with a version, which no state of it ever held", async () => {
    const types = (await recordUsedAzure(development)).resources.flatMap((each) => each.formerTypes);
    assert.ok(types.includes("azure-native:insights:DiagnosticSetting"));
    assert.doesNotMatch(types.join("\n"), /^azure-native:.*\/v\d{8}/m);
  });

  it("gives the same inputs each time", async () => {
    const inputs = async () =>
      (await recordAzure(production, useCloud)).resources.map(({ urn, inputs }) => [urn, inputs]).toSorted();
    assert.deepEqual(await inputs(), await inputs());
  });

  it("protects what cannot be made again in production, and nothing in development", async () => {
    const isProtected = ({ resources }: Recording<unknown>) =>
      resources
        .filter((each) => each.protect)
        .map(({ name }) => name)
        .toSorted();
    assert.deepEqual(isProtected(await recordUsedAzure(production)), [
      "bucket",
      "cluster",
      "cluster-key",
      "dead-letter",
      "group",
      "queue",
      "registry",
      "secrets",
      "storage",
      "vault",
    ]);
    assert.deepEqual(isProtected(await recordUsedAzure(development)), []);
  });

  it("makes the cluster after the roles and the ways out that it needs", async () => {
    const recording = await recordUsedAzure(production);
    const before = recording.one(CLUSTER).dependencies.map((urn) => urn.split("::").at(-1));
    for (const name of [
      "subnet-nodes",
      "identity-cluster-subnet-nodes",
      "identity-cluster-subnet-api-server",
      "identity-cluster-nodes",
      "identity-cluster-key",
      "identity-cluster-vault",
      "identity-nodes-pull",
    ])
      assert.ok(before.includes(name), name);
    const subnet = recording.one("azure-native:network:Subnet", "subnet-nodes").inputs;
    assert.equal(subnet.natGateway.id, recording.one("azure-native:network:NatGateway").id);
    assert.equal(subnet.defaultOutboundAccess, false);
  });

  it("starts a workload after its grants, which hold for the bucket and the two queues only", async () => {
    const recording = await recordUsedAzure(production);
    assert.deepEqual((recording.result as ReturnType<typeof useCloud>).grants, [
      "granted",
      "granted",
      "granted",
    ]);
    const roles = recording
      .all("azure-native:authorization:RoleAssignment")
      .filter(({ name }) => name.startsWith("identity-runtime-"));
    const account = recording.one("azure-native:storage:StorageAccount", "storage").id;
    const principal = recording.one("azure-native:managedidentity:UserAssignedIdentity", "identity-runtime");
    assert.deepEqual(
      roles
        .map(({ name, inputs }) => [
          name,
          inputs.scope.replace(account, ""),
          inputs.roleDefinitionId.slice(-12),
        ])
        .toSorted(),
      [
        ["identity-runtime-bucket-read", "/blobServices/default/containers/skyloom", "a410df84e7d1"],
        ["identity-runtime-bucket-write", "/blobServices/default/containers/skyloom", "e96b0029c9fe"],
        [
          "identity-runtime-dead-letter-write",
          "/queueServices/default/queues/messages-dead-letter",
          "5f855dd0fb88",
        ],
        ["identity-runtime-queue-write", "/queueServices/default/queues/messages", "5f855dd0fb88"],
      ],
    );
    for (const { inputs } of roles) {
      assert.equal(inputs.principalId, principal.outputs.principalId);
      assert.equal(inputs.principalType, "ServicePrincipal");
    }
    const deployment = recording.one("kubernetes:apps/v1:Deployment");
    for (const { urn, name } of roles) assert.ok(deployment.dependencies.includes(urn), name);
    const account1 = recording.one("kubernetes:core/v1:ServiceAccount", "runtime").inputs.metadata;
    assert.equal(account1.annotations["azure.workload.identity/client-id"], principal.outputs.clientId);
    assert.equal(deployment.inputs.spec.template.metadata.labels["azure.workload.identity/use"], "true");
  });

  it("lets in whoever runs the update, as that kind of principal", async () => {
    const recording = await recordUsedAzure(
      { ...development, gpuPools: [] },
      {
        invokes: {
          "azure-native:authorization:getClientConfig": () => ({ ...login, objectId: "object" }),
          "azure-native:authorization:getClientToken": () => ({
            token: entraToken({ aud: "http://127.0.0.1:1", idtyp: "app" }),
          }),
        },
      },
    );
    const { inputs } = recording.one("azure-native:authorization:RoleAssignment", "deployer-cluster-admin");
    assert.equal(inputs.principalId, "object");
    assert.equal(inputs.principalType, "ServicePrincipal");
    assert.equal(inputs.scope, recording.one(CLUSTER).id);
  });

  it("leaves in who made the stack when somebody else runs the update", async () => {
    const recording = await recordUsedAzure({ ...development, gpuPools: [] });
    const grant = recording.one("azure-native:authorization:RoleAssignment", "deployer-cluster-admin");
    assert.deepEqual(grant.ignoreChanges, ["principalId", "principalType"]);
  });

  it("lets in the administrators that are named, as what they are, and nobody else", async () => {
    const [group, person] = ["4ec04b0a-0000-4000-8000-000000000001", "4ec04b0a-0000-4000-8000-000000000002"];
    const recording = await recordUsedAzure(
      { ...development, gpuPools: [] },
      {
        config: {
          "azure-native:location": "westeurope",
          "skyloom:clusterAdmins": JSON.stringify([`group:${group}`, `user:${person}`]),
        },
      },
    );
    const grants = recording
      .all("azure-native:authorization:RoleAssignment")
      .filter(({ inputs }) => inputs.roleDefinitionId.endsWith("b1ff04bb-8a4e-4dc4-8eb5-8693973ce19b"));
    assert.deepEqual(
      grants.map(({ inputs }) => [inputs.principalId, inputs.principalType]),
      [
        [group, "Group"],
        [person, "User"],
      ],
    );
    for (const { ignoreChanges } of grants) assert.deepEqual(ignoreChanges, ["roleAssignmentName"]);
    const { dependencies } = recording.one("pulumi:providers:kubernetes");
    for (const { urn } of grants) assert.ok(dependencies.includes(urn));
  });

  it("brings the device plugin to GPU nodes only, and only where there are some", async () => {
    const plugin = (await recordUsedAzure(development)).one("kubernetes:apps/v1:DaemonSet");
    const { affinity, containers, tolerations } = plugin.inputs.spec.template.spec;
    assert.match(containers[0].image, /@sha256:[0-9a-f]{64}$/);
    assert.deepEqual(
      affinity.nodeAffinity.requiredDuringSchedulingIgnoredDuringExecution.nodeSelectorTerms[0]
        .matchExpressions,
      [{ key: "skyloom.dev/accelerator", operator: "Exists" }],
    );
    assert.deepEqual(
      tolerations.map(({ key }: { key: string }) => key),
      ["nvidia.com/gpu", "kubernetes.azure.com/scalesetpriority"],
    );
    const without = await recordUsedAzure({ ...development, gpuPools: [] });
    assert.deepEqual(without.all("kubernetes:apps/v1:DaemonSet"), []);
  });

  it("passes every resource of Azure through the transform", async () => {
    const recording = await recordUsedAzure({
      ...development,
      transform: ({ type, props, opts }) =>
        type === "azure-native:network:NatGateway"
          ? { props: { ...props, idleTimeoutInMinutes: 30 }, opts }
          : undefined,
    });
    assert.equal(recording.one("azure-native:network:NatGateway").inputs.idleTimeoutInMinutes, 30);
  });

  it("warns, and keeps no flow logs, where the subscription has no network watcher", async () => {
    const recording = await recordUsedAzure(development, {
      invokes: {
        "azure-native:network:getNetworkWatcher": () => {
          throw new Error('Status=404 Code="ResourceNotFound"');
        },
      },
    });
    assert.deepEqual(recording.all("azure-native:network:FlowLog"), []);
    assert.ok(
      recording.log.some(
        ({ severity, message }) => severity === "warning" && /network watcher/.test(message),
      ),
    );
  });

  it("has in-cluster objects go with the cluster", async () => {
    const recording = await recordUsedAzure({ ...development, gpuPools: [pool] });
    const cluster = recording.one(CLUSTER).urn;
    for (const { type, name, deletedWith } of recording.resources)
      if (type.startsWith("kubernetes:") || type.endsWith(":AgentPool"))
        assert.equal(deletedWith, cluster, name);
    assert.equal(
      recording.one("pulumi:providers:kubernetes").inputs.clusterIdentifier,
      recording.one(CLUSTER).id,
    );
    assert.deepEqual(recording.one(CLUSTER).ignoreChanges, ["agentPoolProfiles"]);
  });
});

const login = {
  clientId: "client",
  subscriptionId: "00000000-0000-4000-8000-000000000001",
  tenantId: "00000000-0000-4000-8000-00000000000a",
};
