import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { awsInvokes } from "../../simulator/invokes/aws.ts";
import { awsInventory } from "../../simulator/invokes/aws-inventory.ts";
import { azureInventory } from "../../simulator/invokes/azure-inventory.ts";
import { azureNativeInvokes } from "../../simulator/invokes/azure-native.ts";
import { gcpInvokes } from "../../simulator/invokes/gcp.ts";
import { gcpInventory } from "../../simulator/invokes/gcp-inventory.ts";
import { accessToken, startResourceManager } from "../../simulator/resource-manager.ts";
import type { PackageName } from "../../simulator/schema/locate.ts";
import type { Properties } from "../../simulator/values.ts";
import { Cloud, schemas, session } from "./fixture.ts";

describe("data sources", () => {
  let cloud: Cloud;
  beforeEach(() => {
    cloud = new Cloud();
  });
  afterEach(() => cloud.remove());

  async function invoke(token: string, inputs: Properties = {}): Promise<Properties> {
    const answer = await cloud.provider.invoke(session(token.split(":")[0] as PackageName), token, inputs);
    if ("failures" in answer) throw new Error(JSON.stringify(answer.failures));
    return answer.result;
  }

  it("exist in the SDKs, all of them", () => {
    const inventories = { ...awsInventory, ...azureInventory, ...gcpInventory };
    const tokens = Object.keys({ ...awsInvokes, ...azureNativeInvokes, ...gcpInvokes, ...inventories });
    assert.deepEqual(
      tokens.filter((token) => !schemas.find(token)),
      [],
    );
  });

  it("answer who and where", async () => {
    assert.equal((await invoke("aws:index/getCallerIdentity:getCallerIdentity")).accountId, "123456789012");
    const zones = await invoke("aws:index/getAvailabilityZones:getAvailabilityZones", { state: "available" });
    assert.deepEqual(zones.names, ["eu-west-1a", "eu-west-1b", "eu-west-1c"]);
    assert.deepEqual(zones.zoneIds, ["euw1-az1", "euw1-az2", "euw1-az3"]);
    assert.equal((await invoke("aws:index/getRegion:getRegion")).region, "eu-west-1");
    assert.equal((await invoke("gcp:organizations/getClientConfig:getClientConfig")).project, "my-project");
    assert.deepEqual((await invoke("gcp:compute/getZones:getZones", { region: "europe-west1" })).names, [
      "europe-west1-b",
      "europe-west1-c",
      "europe-west1-d",
    ]);
    assert.match(
      String((await invoke("azure-native:authorization:getClientConfig")).tenantId),
      /^[0-9a-f-]{36}$/,
    );
    const versions = await invoke("gcp:container/getEngineVersions:getEngineVersions", {
      versionPrefix: "1.33.",
    });
    assert.deepEqual(versions.validMasterVersions, ["1.33.5-gke.1080000"]);
  });

  it("say in which zones of AWS a machine type is offered", async () => {
    const token = "aws:ec2/getInstanceTypeOfferings:getInstanceTypeOfferings";
    const filters = (...values: string[]) => [{ name: "instance-type", values }];
    const asked = { locationType: "availability-zone", filters: filters("g6.xlarge", "abacus") };
    const { instanceTypes, locations } = await invoke(token, asked);
    assert.deepEqual(instanceTypes, ["g6.xlarge", "g6.xlarge", "g6.xlarge"]);
    assert.deepEqual(locations, ["eu-west-1a", "eu-west-1b", "eu-west-1c"]);
    const virginia = await cloud.provider.invoke(session("aws", { region: "us-east-1" }), token, asked);
    assert.ok("result" in virginia);
    const letters = (virginia.result.locations as string[]).map((zone) => zone.at(-1)).join("");
    assert.equal(letters, "abcdf", "the old zone has no new machines");
    assert.deepEqual((await invoke(token, { filters: filters("g6.xlarge") })).locations, ["eu-west-1"]);
    await assert.rejects(invoke(token), /filter getInstanceTypeOfferings by instance-type/);
  });

  it("know the role behind a session", async () => {
    const assumed = session("aws", {
      assumeRoles: [{ roleArn: "arn:aws:iam::123456789012:role/path/deploy" }],
    });
    const caller = await cloud.provider.invoke(assumed, "aws:index/getCallerIdentity:getCallerIdentity", {});
    assert.ok("result" in caller);
    const arn = String(caller.result.arn);
    assert.equal(arn, "arn:aws:sts::123456789012:assumed-role/deploy/pulumi");
    const token = "aws:iam/getSessionContext:getSessionContext";
    assert.equal((await invoke(token, { arn })).issuerArn, "arn:aws:iam::123456789012:role/deploy");
    await cloud.create("aws:iam/role:Role", "deploy", {
      name: "deploy",
      path: "/path/",
      assumeRolePolicy: "{}",
    });
    const { issuerArn, issuerName, sessionName } = await invoke(token, { arn });
    assert.deepEqual(
      [issuerArn, issuerName, sessionName],
      ["arn:aws:iam::123456789012:role/path/deploy", "deploy", "pulumi"],
    );
    const user = "arn:aws:iam::123456789012:user/simulated";
    assert.equal((await invoke(token, { arn: user })).issuerArn, user);
    const stranger = "arn:aws:sts::999999999999:assumed-role/deploy2/s";
    await assert.rejects(invoke(token, { arn: stranger }), /NoSuchEntity/);
  });

  it("make a policy document as AWS writes it", async () => {
    const { json } = await invoke("aws:iam/getPolicyDocument:getPolicyDocument", {
      statements: [
        {
          sid: "Read",
          effect: "Deny",
          actions: ["s3:GetObject", "s3:ListBucket"],
          resources: ["*"],
          principals: [{ type: "AWS", identifiers: ["*"] }],
          conditions: [{ test: "Bool", variable: "aws:SecureTransport", values: ["false"] }],
        },
      ],
    });
    assert.deepEqual(JSON.parse(String(json)), {
      Version: "2012-10-17",
      Statement: [
        {
          Sid: "Read",
          Effect: "Deny",
          Action: ["s3:ListBucket", "s3:GetObject"],
          Resource: "*",
          Principal: { AWS: "*" },
          Condition: { Bool: { "aws:SecureTransport": "false" } },
        },
      ],
    });
  });

  it("tell quotas, which a file in the state makes small", async () => {
    const quota = { serviceCode: "ec2", quotaCode: "L-DB2E81BA" };
    const token = "aws:servicequotas/getServiceQuota:getServiceQuota";
    assert.equal((await invoke(token, quota)).value, 1536);
    writeFileSync(join(cloud.folder, "quotas.json"), '{"aws/L-DB2E81BA": 0}');
    assert.equal((await invoke(token, quota)).value, 0);
    await assert.rejects(invoke(token, { serviceCode: "ec2", quotaCode: "L-0" }), /NoSuchResourceException/);
  });

  it("tell quotas of Google Cloud by region, by GPU family and for the whole project", async () => {
    const token = "gcp:cloudquota/getSQuotaInfo:getSQuotaInfo";
    const infos = async (quotaId: string) =>
      (await invoke(token, { parent: "projects/p", service: "compute.googleapis.com", quotaId }))
        .dimensionsInfos as Properties[];
    writeFileSync(
      join(cloud.folder, "quotas.json"),
      '{"gcp/GPUS-PER-GPU-FAMILY-per-project-region/NVIDIA_H200": 0}',
    );
    const find = (list: Properties[], dimensions: Properties) =>
      list.find((entry) => JSON.stringify(entry.dimensions) === JSON.stringify(dimensions))?.details;
    const region = "europe-west4";
    assert.deepEqual(find(await infos("NVIDIA-L4-GPUS-per-project-region"), { region }), [{ value: "64" }]);
    const families = await infos("GPUS-PER-GPU-FAMILY-per-project-region");
    assert.deepEqual(find(families, { region, gpu_family: "NVIDIA_H200" }), [{ value: "0" }]);
    assert.deepEqual(find(families, { region, gpu_family: "NVIDIA_H100" }), [{ value: "64" }]);
    assert.equal((await infos("GPUS-ALL-REGIONS-per-project")).length, 1);
    await assert.rejects(infos("gpus"), /Error 404/);
  });

  it("find what is there by tag, and give a cluster's credentials", async () => {
    await cloud.create("aws:s3/bucket:Bucket", "data", { bucket: "data", tags: { stack: "dev" } });
    await cloud.create("aws:s3/bucket:Bucket", "other", { bucket: "other", tags: { stack: "prod" } });
    const found = await invoke("aws:resourcegroupstaggingapi/getResources:getResources", {
      tagFilters: [{ key: "stack", values: ["dev"] }],
    });
    assert.deepEqual(found.resourceTagMappingLists, [
      { resourceArn: "arn:aws:s3:::data", tags: { stack: "dev" }, complianceDetails: [] },
    ]);
    const cluster = { resourceGroupName: "g", resourceName: "main" };
    const token = "azure-native:containerservice:listManagedClusterUserCredentials";
    await assert.rejects(invoke(token, cluster), /ResourceNotFound/);
    await cloud.create("azure-native:resources:ResourceGroup", "g", { resourceGroupName: "g" });
    await cloud.create("azure-native:containerservice:ManagedCluster", "main", {
      ...cluster,
      dnsPrefix: "main",
    });
    const [{ value }] = (await invoke(token, cluster)).kubeconfigs as [{ value: string }];
    const kubeconfig = JSON.parse(Buffer.from(value, "base64").toString());
    assert.match(
      kubeconfig.clusters[0].cluster.server,
      /^https:\/\/main-[0-9a-f]{8}\.hcp\.westeurope\.azmk8s\.io:443$/,
    );
  });

  it("give every property that the SDK's type promises", async () => {
    const token = "aws:eks/getClusterVersions:getClusterVersions";
    const result = await invoke(token);
    const promised = Object.entries(schemas.find(token)?.outputs ?? {}).filter(
      ([, { required }]) => required,
    );
    assert.deepEqual(
      promised.map(([name]) => name).filter((name) => result[name] === undefined),
      [],
    );
  });

  it("check their arguments, and are named when there is no such one", async () => {
    await assert.rejects(
      invoke("gcp:compute/getZones:getZones", { regon: "x" }),
      /unknown property 'regon'; did you mean 'region'/,
    );
    await assert.rejects(
      invoke("aws:ec2/getVpc:getVpc"),
      /no data source 'aws:ec2\/getVpc:getVpc'.*simulator\/invokes\/aws\.ts/,
    );
  });
});

describe("the simulated Azure Resource Manager", () => {
  it("lists the quotas of compute to who shows the token, and a file in the state makes them small", async () => {
    const cloud = new Cloud();
    writeFileSync(join(cloud.folder, "quotas.json"), '{"azure/cores": 7}');
    const manager = await startResourceManager(cloud.store);
    const token = accessToken(manager.address);
    assert.equal(
      JSON.parse(Buffer.from(token.split(".")[1] ?? "", "base64url").toString()).aud,
      manager.address,
    );
    const url = `${manager.address}/subscriptions/x/providers/Microsoft.Compute/locations/westeurope/usages?api-version=2024-07-01`;
    const authorization = `Bearer ${token}`;
    const answer = await fetch(url, { headers: { authorization } });
    const { value } = (await answer.json()) as { value: { name: { value: string }; limit: number }[] };
    const limits = Object.fromEntries(value.map((usage) => [usage.name.value, usage.limit]));
    assert.equal(limits.cores, 7);
    assert.equal(limits.StandardNCADSA100v4Family, 2000);
    assert.equal((await fetch(url)).status, 401);
    assert.equal((await fetch(`${manager.address}/other`, { headers: { authorization } })).status, 404);
    await manager.close();
    cloud.remove();
  });
});
