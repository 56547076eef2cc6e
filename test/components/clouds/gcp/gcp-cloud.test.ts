import assert from "node:assert/strict";
import type { Cloud } from "../../../../components/cloud.ts";
import type { RecordedResource } from "../../../../simulator/recording/record-program.ts";
import { UNKNOWN } from "../../../../simulator/values.ts";
import { IMAGE } from "../settings.ts";
import { development, production, recordGcp } from "./fixture.ts";

function outputsOf(cloud: Cloud) {
  return {
    bucket: cloud.bucket.url,
    queue: cloud.queue.url,
    deadLetter: cloud.queue.deadLetterUrl,
    repository: cloud.registry?.repository,
    image: cloud.registry?.image,
    logs: cloud.cluster.logs,
    kubeconfig: cloud.cluster.kubeconfig,
  };
}

const urls = {
  bucket: "gs://skyloom-test-skyloom-dev-gcp",
  queue: "pubsub://skyloom-test/skyloom-dev-gcp-queue?deadLetters=skyloom-dev-gcp-dead-letter",
  deadLetter: "projects/skyloom-test/subscriptions/skyloom-dev-gcp-dead-letter",
};

describe("Google Cloud", () => {
  it("has outputs in the form that the runtime takes, the kubeconfig as a secret", async () => {
    const { result, resultSecrets } = await recordGcp(development, outputsOf);
    assert.deepEqual({ bucket: result.bucket, queue: result.queue, deadLetter: result.deadLetter }, urls);
    assert.equal(result.repository, "europe-west4-docker.pkg.dev/skyloom-test/skyloom-dev-gcp/runtime");
    assert.equal(result.image, IMAGE);
    assert.match(
      String(result.logs),
      /^https:\/\/console\.cloud\.google\.com\/logs\/query;.*skyloom-dev-gcp-logs/,
    );
    assert.deepEqual(resultSecrets, ["kubeconfig"]);
    const kubeconfig = JSON.parse(String(result.kubeconfig));
    assert.match(kubeconfig.clusters[0].cluster.server, /^https:\/\//);
    assert.equal(kubeconfig.users[0].user.exec.command, "gke-gcloud-auth-plugin");
    assert.doesNotMatch(String(result.kubeconfig), /token|password|client-key/);
  });

  it("knows bucket and queue in a preview already", async () => {
    const { result } = await recordGcp(development, outputsOf, { preview: true });
    assert.deepEqual({ bucket: result.bucket, queue: result.queue, deadLetter: result.deadLetter }, urls);
    assert.equal(result.kubeconfig, UNKNOWN);
  });

  it("hangs everything of the cloud under one component, with short names", async () => {
    const recording = await recordGcp(development, (cloud) => {
      const identity = cloud.cluster.identity("runtime");
      cloud.bucket.grantReadWrite(identity);
    });
    const { urn } = recording.one("skyloom:gcp:Foundation");
    for (const { type, parent, name } of recording.resources.filter(({ type }) => type.startsWith("gcp:"))) {
      assert.equal(parent, urn, `${type} ${name}`);
      assert.match(name, /^[a-z0-9-]{1,40}$/);
    }
    const provider = recording.one("pulumi:providers:kubernetes");
    assert.equal(provider.inputs.clusterIdentifier, recording.one("gcp:container/cluster:Cluster").id);
    assert.deepEqual(provider.secrets, ["kubeconfig"]);
  });

  it("lets a workload start after its identity and grants, as a Kubernetes account tied to a Google account", async () => {
    const recording = await recordGcp(development, (cloud) => {
      const identity = cloud.cluster.identity("runtime");
      cloud.bucket.grantReadWrite(identity);
      cloud.cluster.deploy({
        name: "runtime",
        identity,
        command: ["node"],
        environment: {},
        ports: ["http"],
      });
    });
    const account = recording.one("gcp:serviceaccount/account:Account", "identity-runtime");
    const federation = recording.one("gcp:serviceaccount/iAMMember:IAMMember");
    assert.equal(federation.inputs.role, "roles/iam.workloadIdentityUser");
    assert.equal(federation.inputs.member, "serviceAccount:skyloom-test.svc.id.goog[skyloom/runtime]");
    assert.equal(federation.inputs.serviceAccountId, account.outputs.name);
    const cluster = recording.one("gcp:container/cluster:Cluster");
    assert.ok(federation.dependencies.includes(cluster.urn), "the pool of identities comes with the cluster");
    const kubernetesAccount = recording.one("kubernetes:core/v1:ServiceAccount");
    assert.deepEqual(kubernetesAccount.inputs.metadata.annotations, {
      "iam.gke.io/gcp-service-account": account.outputs.email,
    });
    const grant = recording.one("gcp:storage/bucketIAMMember:BucketIAMMember");
    assert.equal(grant.inputs.role, "roles/storage.objectUser");
    assert.equal(grant.inputs.member, `serviceAccount:${account.outputs.email}`);
    const { dependencies } = recording.one("kubernetes:apps/v1:Deployment");
    for (const { urn } of [grant, federation]) assert.ok(dependencies.includes(urn), urn);
  });

  it("protects in production what cannot be made again, and nothing in development", async () => {
    const protectedOnes = (resources: RecordedResource[]) =>
      resources
        .filter(({ protect }) => protect)
        .map(({ type, name }) => `${type.split(":").at(-1)} ${name}`)
        .sort();
    const dev = await recordGcp(development, () => {});
    assert.deepEqual(protectedOnes(dev.resources), []);
    assert.equal(dev.one("gcp:container/cluster:Cluster").inputs.deletionProtection, false);
    const prod = await recordGcp(production, () => {});
    assert.deepEqual(protectedOnes(prod.resources), [
      "Bucket bucket",
      "Cluster cluster",
      "CryptoKey key-cluster",
      "CryptoKey key-data",
      "KeyRing keys",
      "Repository registry",
      "Subscription dead-letter",
      "Subscription queue",
      "Topic dead-letter",
      "Topic queue",
    ]);
    assert.equal(prod.one("gcp:container/cluster:Cluster").inputs.deletionProtection, true);
  });

  it("comes up in an order that works: way out and permissions before nodes, keys before what they encrypt", async () => {
    const recording = await recordGcp(production, () => {});
    const comesAfter = (type: string, name: string, ...before: [string, string][]) => {
      const { dependencies } = recording.one(type, name);
      for (const [beforeType, beforeName] of before)
        assert.ok(
          dependencies.includes(recording.one(beforeType, beforeName).urn),
          `${name} after ${beforeName}`,
        );
    };
    const keyUser = "gcp:kms/cryptoKeyIAMMember:CryptoKeyIAMMember";
    comesAfter(
      "gcp:container/cluster:Cluster",
      "cluster",
      ["gcp:compute/routerNat:RouterNat", "nat"],
      ["gcp:projects/iAMMember:IAMMember", "node-account-role"],
      ["gcp:artifactregistry/repositoryIamMember:RepositoryIamMember", "node-account-pull"],
      ["gcp:projects/service:Service", "service-container"],
      [keyUser, "key-cluster-gke"],
    );
    comesAfter("gcp:storage/bucket:Bucket", "bucket", [keyUser, "key-data-storage"]);
    comesAfter("gcp:pubsub/topic:Topic", "queue", [keyUser, "key-data-pubsub"]);
    comesAfter("gcp:artifactregistry/repository:Repository", "registry", [keyUser, "key-data-registry"]);
  });

  it("switches on the interfaces that it uses and leaves them on", async () => {
    const recording = await recordGcp(production, () => {});
    const services = recording.all("gcp:projects/service:Service");
    const named = services.map(({ inputs }) => inputs.service);
    for (const name of [
      "compute",
      "container",
      "pubsub",
      "storage",
      "cloudkms",
      "artifactregistry",
      "billingbudgets",
    ])
      assert.ok(named.includes(`${name}.googleapis.com`), name);
    for (const { inputs } of services) assert.equal(inputs.disableOnDestroy, false);
  });

  it("never replaces the cluster for the pool that GKE makes first", async () => {
    const { ignoreChanges } = (await recordGcp(development, () => {})).one("gcp:container/cluster:Cluster");
    assert.deepEqual(ignoreChanges.toSorted(), ["initialNodeCount", "nodeConfig", "nodePools"]);
  });

  it("runs the transform on every resource of the cloud", async () => {
    const seen: string[] = [];
    const recording = await recordGcp(
      {
        ...development,
        transform: ({ type, props, opts }) => {
          seen.push(type);
          return type === "gcp:storage/bucket:Bucket"
            ? { props: { ...props, storageClass: "NEARLINE" }, opts }
            : undefined;
        },
      },
      () => {},
    );
    assert.equal(recording.one("gcp:storage/bucket:Bucket").inputs.storageClass, "NEARLINE");
    assert.ok(seen.includes("gcp:container/cluster:Cluster"));
  });
});
