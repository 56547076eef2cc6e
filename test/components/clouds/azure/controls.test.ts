import assert from "node:assert/strict";
import type { RecordedResource, Recording } from "../../../../simulator/recording/record-program.ts";
import { development, production, recordUsedAzure } from "./fixture.ts";

const NATIVE = "azure-native";
const CLUSTER = `${NATIVE}:containerservice:ManagedCluster`;
const POOL = `${NATIVE}:containerservice:AgentPool`;
const ACCOUNT = `${NATIVE}:storage:StorageAccount`;

/** Every control of Azure, by its number in the list of controls, on what a stack registers. */
for (const settings of [development, production]) {
  describe(`controls of a ${settings.environment} stack on azure`, function () {
    // The types of the SDKs are read once, which takes seconds on a busy machine.
    this.timeout(30_000);
    const inProduction = settings.environment === "production";
    let recording: Recording<unknown>;
    // biome-ignore lint/suspicious/noExplicitAny: paths are known to be there
    let cluster: any;
    // biome-ignore lint/suspicious/noExplicitAny: paths are known to be there
    let pools: any[];
    let accounts: RecordedResource[];

    before(async () => {
      recording = await recordUsedAzure(settings);
      cluster = recording.one(CLUSTER).inputs;
      pools = [...cluster.agentPoolProfiles, ...recording.all(POOL).map((each) => each.inputs)];
      assert.equal(pools.length, 3);
      accounts = recording.all(ACCOUNT);
      assert.equal(accounts.length, 2);
    });

    it("25: the API server is private, or lets in named ranges and the nodes only", () => {
      const { apiServerAccessProfile } = cluster;
      assert.equal(apiServerAccessProfile.enablePrivateCluster, inProduction);
      const address = recording.one(`${NATIVE}:network:PublicIPAddress`).outputs.ipAddress;
      assert.deepEqual(
        apiServerAccessProfile.authorizedIPRanges,
        inProduction ? undefined : ["198.51.100.0/24", `${address}/32`],
      );
    });

    it("26: people come through Entra, and Azure says what they may", () => {
      assert.equal(cluster.aadProfile.managed, true);
      assert.equal(cluster.aadProfile.enableAzureRBAC, true);
      assert.equal(cluster.disableLocalAccounts, true);
    });

    it("27: network policies are enforced", () => {
      assert.equal(cluster.networkProfile.networkPolicy, "cilium");
      assert.equal(cluster.networkProfile.networkDataplane, "cilium");
    });

    it("28: in production secrets are encrypted with a key of a private vault", () => {
      const { azureKeyVaultKms } = cluster.securityProfile;
      if (!inProduction) return assert.equal(azureKeyVaultKms, undefined);
      const key = recording.one(`${NATIVE}:keyvault:Key`);
      const vault = recording.one(`${NATIVE}:keyvault:Vault`, "vault");
      assert.deepEqual(azureKeyVaultKms, {
        enabled: true,
        keyId: key.outputs.keyUriWithVersion,
        keyVaultNetworkAccess: "Private",
        keyVaultResourceId: vault.id,
      });
      // What a private vault asks for.
      assert.equal(cluster.apiServerAccessProfile.enableVnetIntegration, true);
      const subnet = recording.one(`${NATIVE}:network:Subnet`, "subnet-api-server");
      assert.equal(cluster.apiServerAccessProfile.subnetId, subnet.id);
      assert.equal(subnet.inputs.delegations[0].serviceName, "Microsoft.ContainerService/managedClusters");
    });

    it("29: pods have identities of their own", () => {
      assert.equal(cluster.oidcIssuerProfile.enabled, true);
      assert.equal(cluster.securityProfile.workloadIdentity.enabled, true);
      const { inputs } = recording.one(`${NATIVE}:managedidentity:FederatedIdentityCredential`);
      assert.equal(inputs.issuer, recording.one(CLUSTER).outputs.oidcIssuerProfile.issuerURL);
      assert.equal(inputs.subject, "system:serviceaccount:skyloom:runtime");
      assert.deepEqual(inputs.audiences, ["api://AzureADTokenExchange"]);
    });

    it("30: in production Defender watches the cluster", () => {
      assert.equal(
        cluster.securityProfile.defender?.securityMonitoring.enabled,
        inProduction ? true : undefined,
      );
    });

    it("31, 32: no commands through Azure, patches by themselves", () => {
      assert.equal(cluster.apiServerAccessProfile.disableRunCommand, true);
      assert.deepEqual(cluster.autoUpgradeProfile, {
        upgradeChannel: "patch",
        nodeOSUpgradeChannel: "NodeImage",
      });
    });

    it("33, 34: nodes are private, encrypted at their host, and start what is signed", () => {
      const nodes = recording.one(`${NATIVE}:network:Subnet`, "subnet-nodes").id;
      for (const pool of pools) {
        assert.equal(pool.enableNodePublicIP, false);
        assert.equal(pool.vnetSubnetID, nodes);
        assert.equal(pool.enableEncryptionAtHost, true);
        assert.equal(pool.securityProfile.enableVTPM, true);
        // The driver that AKS installs is not signed for secure boot.
        assert.equal(pool.securityProfile.enableSecureBoot, pool.gpuProfile === undefined);
      }
    });

    it("35: the registry has no user of its own and lets in nobody unknown", () => {
      const { inputs } = recording.one(`${NATIVE}:containerregistry:Registry`);
      assert.equal(inputs.adminUserEnabled, false);
      assert.equal(inputs.anonymousPullEnabled, false);
      assert.equal(inputs.sku.name, inProduction ? "Premium" : "Standard");
    });

    it("36 to 39: accounts are private, encrypted on the way, and know no keys", () => {
      for (const { inputs } of accounts) {
        assert.equal(inputs.allowBlobPublicAccess, false);
        assert.equal(inputs.networkRuleSet.defaultAction, "Deny");
        assert.deepEqual(inputs.networkRuleSet.ipRules, []);
        assert.equal(inputs.enableHttpsTrafficOnly, true);
        assert.equal(inputs.minimumTlsVersion, "TLS1_2");
        assert.equal(inputs.allowSharedKeyAccess, false);
      }
      const { inputs } = recording.one(ACCOUNT, "storage");
      assert.equal(inputs.publicNetworkAccess, inProduction ? "Disabled" : "Enabled");
      const endpoints = recording.all(`${NATIVE}:network:PrivateEndpoint`).map(({ name }) => name);
      const services = inProduction ? ["blob", "queue", "vault"] : [];
      assert.deepEqual(
        endpoints.toSorted(),
        services.map((service) => `private-endpoint-${service}`),
      );
    });

    it("40: what is deleted or replaced in the bucket can be brought back", () => {
      const { inputs } = recording.one(`${NATIVE}:storage:BlobServiceProperties`, "storage-blobs");
      assert.equal(inputs.isVersioningEnabled, true);
      assert.deepEqual(inputs.deleteRetentionPolicy, { enabled: true, days: inProduction ? 30 : 7 });
    });

    it("41, 42: there is no service bus; the queue carries its limits and its dead-letter queue", () => {
      assert.deepEqual(
        recording.resources.filter(({ type }) => type.startsWith(`${NATIVE}:servicebus:`)),
        [],
      );
      const { inputs } = recording.one(`${NATIVE}:storage:Queue`, "queue");
      assert.deepEqual(inputs.metadata, {
        maximumDeliveries: "5",
        visibilitySeconds: "60",
        deadLetterQueue: recording.one(`${NATIVE}:storage:Queue`, "dead-letter").inputs.queueName,
      });
    });

    it("43: a vault cannot be emptied for good, asks Azure who may, and is not on the Internet", () => {
      for (const { inputs } of recording.all(`${NATIVE}:keyvault:Vault`)) {
        assert.equal(inputs.properties.enablePurgeProtection, true);
        assert.equal(inputs.properties.enableRbacAuthorization, true);
        assert.equal(inputs.properties.enableSoftDelete, true);
        assert.equal(inputs.properties.softDeleteRetentionInDays, inProduction ? 90 : 7);
        assert.equal(inputs.properties.networkAcls.defaultAction, "Deny");
        assert.deepEqual(inputs.properties.networkAcls.ipRules, []);
        assert.equal(inputs.properties.publicNetworkAccess, inProduction ? "Disabled" : "Enabled");
      }
      const vaults = recording.all(`${NATIVE}:keyvault:Vault`).map(({ name }) => name);
      assert.deepEqual(vaults.toSorted(), inProduction ? ["secrets", "vault"] : ["secrets"]);
    });

    it("lets nothing but the nodes' subnet, or in production a private endpoint, reach the secrets' vault", () => {
      const { id, inputs, ignoreChanges } = recording.one(`${NATIVE}:keyvault:Vault`, "secrets");
      assert.deepEqual(ignoreChanges, ["properties.softDeleteRetentionInDays"]);
      const nodes = recording.one(`${NATIVE}:network:Subnet`, "subnet-nodes");
      const { networkAcls } = inputs.properties;
      assert.equal(networkAcls.bypass, "None");
      assert.deepEqual(networkAcls.virtualNetworkRules, inProduction ? [] : [{ id: nodes.id }]);
      assert.ok(
        nodes.inputs.serviceEndpoints.some(
          ({ service }: { service: string }) => service === "Microsoft.KeyVault",
        ),
      );
      if (!inProduction) return;
      const endpoint = recording.one(`${NATIVE}:network:PrivateEndpoint`, "private-endpoint-vault").inputs;
      const [connection] = endpoint.privateLinkServiceConnections;
      assert.equal(connection.privateLinkServiceId, id);
      assert.deepEqual(connection.groupIds, ["vault"]);
      // Else the name of the vault of the cluster's key would lead nowhere.
      const link = recording.one(`${NATIVE}:privatedns:VirtualNetworkLink`, "private-zone-vault-link").inputs;
      assert.equal(link.resolutionPolicy, "NxDomainRedirect");
      assert.equal(link.privateZoneName, "privatelink.vaultcore.azure.net");
    });

    it("44: every role holds for one resource, and none is Owner or Contributor", () => {
      const roles = recording.all(`${NATIVE}:authorization:RoleAssignment`).map(({ inputs }) => inputs);
      for (const { scope, roleDefinitionId } of roles) {
        assert.match(scope, /^\/subscriptions\/[^/]+\/resourceGroups\/[^/]+\/providers\/Microsoft\./);
        assert.doesNotMatch(
          roleDefinitionId,
          /b24988ac-6180-42a0-ab88-20f7382dd24c|8e3af657-a8ff-443c-a75c-2fe8c4bcb635/,
        );
      }
      assert.equal(roles.length, inProduction ? 12 : 9);
    });

    it("75 to 78: GPU pools rest at 0, what bills is tagged, a budget exists, logs end", () => {
      const gpu = recording.all(POOL).filter(({ inputs }) => inputs.gpuProfile !== undefined);
      assert.equal(gpu.length, 1);
      for (const { inputs } of gpu) assert.equal(inputs.minCount, 0);
      const untagged = recording.resources
        .filter(
          ({ type, inputs }) => type.startsWith(NATIVE) && inputs.location !== undefined && !inputs.tags,
        )
        .map(({ name }) => name);
      assert.deepEqual(untagged, []);
      for (const { inputs } of recording.resources.filter((each) => each.inputs.tags !== undefined))
        assert.deepEqual(inputs.tags, settings.tags);
      assert.equal(recording.all(`${NATIVE}:consumption:Budget`).length, 1);
      const workspace = recording.one(`${NATIVE}:operationalinsights:Workspace`);
      assert.equal(workspace.inputs.retentionInDays, settings.logRetentionDays);
    });

    it("keeps a record of flows, of the audit of everything, and of what pods say", () => {
      const flows = recording.one(`${NATIVE}:network:FlowLog`).inputs;
      assert.equal(flows.targetResourceId, recording.one(`${NATIVE}:network:VirtualNetwork`).id);
      assert.equal(flows.storageId, recording.one(ACCOUNT, "flow-log-storage").id);
      assert.deepEqual(flows.retentionPolicy, { enabled: true, days: settings.logRetentionDays });
      const kept = recording.all(`${NATIVE}:monitor:DiagnosticSetting`);
      assert.deepEqual(kept.map(({ name }) => name).toSorted(), [
        "logs-bucket",
        "logs-cluster",
        "logs-queue",
        "logs-registry",
        "logs-secrets",
        ...(inProduction ? ["logs-vault"] : []),
      ]);
      const audit = recording.one(`${NATIVE}:monitor:DiagnosticSetting`, "logs-cluster").inputs.logs;
      assert.ok(
        audit.some(
          ({ category, enabled }: { category: string; enabled: boolean }) =>
            enabled && category === (inProduction ? "kube-audit" : "kube-audit-admin"),
        ),
      );
      const association = recording.one(`${NATIVE}:monitor:DataCollectionRuleAssociation`).inputs;
      assert.equal(association.resourceUri, recording.one(CLUSTER).id);
    });
  });
}
