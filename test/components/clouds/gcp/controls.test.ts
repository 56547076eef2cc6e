import assert from "node:assert/strict";
import type { Recording } from "../../../../simulator/recording/record-program.ts";
import { development, production, recordGcp } from "./fixture.ts";

const DAYS = 24 * 3600;

/** Every control of Google Cloud, by its number in the list of controls, on what a stack registers. */
for (const settings of [development, production]) {
  describe(`controls of a ${settings.environment} stack on gcp`, () => {
    const inProduction = settings.environment === "production";
    let recording: Recording<unknown>;
    // biome-ignore lint/suspicious/noExplicitAny: paths are known to be there
    let cluster: any;
    // biome-ignore lint/suspicious/noExplicitAny: paths are known to be there
    let pools: any[];

    before(async () => {
      recording = await recordGcp(settings, (cloud) => {
        const identity = cloud.cluster.identity("runtime");
        cloud.bucket.grantRead(identity);
        cloud.bucket.grantReadWrite(identity);
      });
      cluster = recording.one("gcp:container/cluster:Cluster").inputs;
      pools = recording.all("gcp:container/nodePool:NodePool").map((each) => each.inputs);
      assert.equal(pools.length, 2);
    });

    it("45: the API server lets in authorized networks only, and its DNS endpoint nobody from outside", () => {
      const { cidrBlocks, gcpPublicCidrsAccessEnabled } = cluster.masterAuthorizedNetworksConfig;
      assert.deepEqual(
        cidrBlocks,
        settings.publicEndpoint.allowedCidrs.map((cidrBlock) => ({ cidrBlock })),
      );
      assert.equal(gcpPublicCidrsAccessEnabled, false);
      assert.equal(cluster.controlPlaneEndpointsConfig.dnsEndpointConfig.allowExternalTraffic, false);
    });

    it("46: nodes are private, and in production the endpoint too", () => {
      assert.equal(cluster.privateClusterConfig.enablePrivateNodes, true);
      assert.equal(cluster.privateClusterConfig.enablePrivateEndpoint, inProduction);
      for (const pool of pools) assert.equal(pool.networkConfig.enablePrivateNodes, true);
    });

    it("47: workloads have identities, and pods cannot ask for the node's", () => {
      assert.equal(cluster.workloadIdentityConfig.workloadPool, "skyloom-test.svc.id.goog");
      for (const config of nodeConfigs()) assert.equal(config.workloadMetadataConfig.mode, "GKE_METADATA");
    });

    it("48: nodes have a service account of their own, which may do what nodes do", () => {
      const account = recording.one("gcp:serviceaccount/account:Account", "node-account");
      for (const config of nodeConfigs()) assert.equal(config.serviceAccount, account.outputs.email);
      const roles = recording
        .all("gcp:projects/iAMMember:IAMMember")
        .filter(({ inputs }) => inputs.member === account.outputs.member)
        .map(({ inputs }) => inputs.role);
      assert.deepEqual(roles, ["roles/container.defaultNodeServiceAccount"]);
    });

    it("49: in production secrets are encrypted with a key of the stack's", () => {
      if (!inProduction) return assert.equal(cluster.databaseEncryption, undefined);
      const key = recording.one("gcp:kms/cryptoKey:CryptoKey", "key-cluster");
      assert.deepEqual(cluster.databaseEncryption, { state: "ENCRYPTED", keyName: key.id });
    });

    it("50: nodes are repaired and upgraded, and Kubernetes follows a channel", () => {
      for (const pool of pools) assert.deepEqual(pool.management, { autoRepair: true, autoUpgrade: true });
      assert.equal(cluster.releaseChannel.channel, inProduction ? "STABLE" : "REGULAR");
    });

    it("51: nodes are shielded, start what is signed, and their integrity is watched", () => {
      assert.equal(cluster.enableShieldedNodes, true);
      for (const config of nodeConfigs())
        assert.deepEqual(config.shieldedInstanceConfig, {
          enableSecureBoot: true,
          enableIntegrityMonitoring: true,
        });
    });

    it("52: in production images are authorized, and the posture is watched", () => {
      assert.equal(
        cluster.binaryAuthorization.evaluationMode,
        inProduction ? "PROJECT_SINGLETON_POLICY_ENFORCE" : "DISABLED",
      );
      assert.equal(cluster.securityPostureConfig.mode, "BASIC");
    });

    it("53: no client certificate, no old-style rules, no alpha features", () => {
      assert.equal(cluster.masterAuth.clientCertificateConfig.issueClientCertificate, false);
      assert.equal(cluster.enableLegacyAbac, false);
      assert.equal(cluster.enableKubernetesAlpha, false);
    });

    it("54: control plane and workloads are logged and measured, traffic within a node is seen", () => {
      const { enableComponents } = cluster.loggingConfig;
      for (const component of ["SYSTEM_COMPONENTS", "WORKLOADS", "APISERVER"])
        assert.ok(enableComponents.includes(component), component);
      assert.ok(cluster.monitoringConfig.enableComponents.includes("SYSTEM_COMPONENTS"));
      assert.equal(cluster.enableIntranodeVisibility, true);
      assert.equal(cluster.datapathProvider, "ADVANCED_DATAPATH");
    });

    it("55: the bucket cannot become public, and has no lists of its own for single objects", () => {
      const { inputs } = recording.one("gcp:storage/bucket:Bucket");
      assert.equal(inputs.publicAccessPrevention, "enforced");
      assert.equal(inputs.uniformBucketLevelAccess, true);
    });

    it("56: messages go to dead-letter, and no permission is everybody's", () => {
      const { inputs } = recording.one("gcp:pubsub/subscription:Subscription", "queue");
      assert.equal(inputs.deadLetterPolicy.maxDeliveryAttempts, 5);
      assert.match(inputs.deadLetterPolicy.deadLetterTopic, /-dead-letter$/);
      for (const member of members()) assert.doesNotMatch(member.inputs.member, /^all(Authenticated)?Users$/);
    });

    it("57: in production bucket and topics have a key of the stack's, changed every 90 days", () => {
      const keys = recording.all("gcp:kms/cryptoKey:CryptoKey");
      assert.equal(keys.length, inProduction ? 2 : 0);
      for (const key of keys) assert.equal(key.inputs.rotationPeriod, `${90 * DAYS}s`);
      const data = keys.find(({ name }) => name === "key-data")?.id;
      const topics = recording.all("gcp:pubsub/topic:Topic");
      assert.deepEqual(
        topics.map(({ inputs }) => inputs.kmsKeyName),
        [data, data],
      );
      const bucket = recording.one("gcp:storage/bucket:Bucket").inputs;
      assert.equal(bucket.encryption?.defaultKmsKeyName, data);
      assert.equal(recording.one("gcp:artifactregistry/repository:Repository").inputs.kmsKeyName, data);
    });

    it("58: nobody becomes owner or editor, and only nodes have a role on the project", () => {
      for (const { inputs } of members()) assert.doesNotMatch(inputs.role, /^roles\/(owner|editor|viewer)$/);
      assert.equal(recording.all("gcp:projects/iAMMember:IAMMember").length, 1);
    });

    it("59: no service account has a key", () => {
      assert.deepEqual(recording.all("gcp:serviceaccount/key:Key"), []);
    });

    it("75 to 77: GPU pools rest at 0, what bills is labelled, a budget with an alarm exists", () => {
      assert.equal(
        recording.one("gcp:container/nodePool:NodePool", "pool-l4").inputs.autoscaling.totalMinNodeCount,
        0,
      );
      const labels = settings.tags;
      assert.deepEqual(cluster.resourceLabels, labels);
      for (const pool of pools) assert.deepEqual(pool.nodeConfig.resourceLabels, labels);
      for (const type of [
        "storage/bucket:Bucket",
        "pubsub/topic:Topic",
        "artifactregistry/repository:Repository",
      ])
        for (const { inputs } of recording.all(`gcp:${type}`)) assert.deepEqual(inputs.labels, labels);
      const budget = recording.one("gcp:billing/budget:Budget").inputs;
      assert.deepEqual(budget.amount.specifiedAmount, { currencyCode: "USD", units: "200" });
      assert.ok(budget.thresholdRules.length > 0);
    });

    it("23, 24 and 78: no firewall rule lets anybody in, flows are logged, logs go after a while", () => {
      assert.deepEqual(recording.all("gcp:compute/firewall:Firewall"), []);
      assert.ok(recording.one("gcp:compute/subnetwork:Subnetwork").inputs.logConfig.flowSampling > 0);
      const logs = recording.one("gcp:logging/projectBucketConfig:ProjectBucketConfig").inputs;
      assert.equal(logs.retentionDays, settings.logRetentionDays);
    });

    /** The pools', and that of the pool which GKE makes first and which is removed. */
    function nodeConfigs() {
      return [cluster.nodeConfig, ...pools.map((pool) => pool.nodeConfig)];
    }

    function members() {
      return recording.resources.filter(({ type }) => /I(AM|am)(Member|Binding)$/.test(type));
    }
  });
}
