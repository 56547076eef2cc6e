import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { nodeBinary, projectFolder } from "../../scripts/project.mjs";
import { validate } from "../../simulator/check/validate.ts";
import { sdkOf } from "../../simulator/schema/locate.ts";
import type { TypeSchema } from "../../simulator/schema/model.ts";
import { SchemaRepository } from "../../simulator/schema/repository.ts";
import { resourceSchema } from "../../simulator/schema/resource-schema.ts";
import { type Properties, UNKNOWN } from "../../simulator/values.ts";
import { schemas } from "./fixture.ts";

function schema(token: string): TypeSchema {
  const found = schemas.find(token);
  assert.ok(found, `no schema of ${token}`);
  return found;
}

function problems(token: string, inputs: Properties): string[] {
  return validate(schema(token), inputs).map(({ property, reason }) => `${property}: ${reason}`);
}

describe("types derived from the SDKs", () => {
  it("finds the inputs of resource types in each SDK's own layout", () => {
    const required = (token: string) =>
      Object.entries(schema(token).inputs)
        .filter(([, property]) => property.required)
        .map(([name]) => name)
        .sort();
    assert.deepEqual(required("aws:eks/cluster:Cluster"), ["roleArn", "vpcConfig"]);
    assert.deepEqual(required("aws:eks/nodeGroup:NodeGroup"), [
      "clusterName",
      "nodeRoleArn",
      "scalingConfig",
      "subnetIds",
    ]);
    assert.deepEqual(required("aws:s3/bucket:Bucket"), []);
    assert.deepEqual(required("aws:iam/rolePolicyAttachment:RolePolicyAttachment"), ["policyArn", "role"]);
    assert.deepEqual(required("azure-native:containerservice:AgentPool"), [
      "resourceGroupName",
      "resourceName",
    ]);
    assert.deepEqual(required("azure-native:storage:StorageAccount"), ["kind", "resourceGroupName", "sku"]);
    assert.deepEqual(required("gcp:container/nodePool:NodePool"), ["cluster"]);
    assert.deepEqual(required("gcp:projects/iAMMember:IAMMember"), ["member", "project", "role"]);
    assert.deepEqual(required("gcp:storage/bucket:Bucket"), ["location"]);
    assert.deepEqual(required("kubernetes:rbac.authorization.k8s.io/v1:RoleBinding"), ["roleRef"]);
    assert.deepEqual(required("docker-build:index:Image"), ["push"]);
    assert.deepEqual(required("gcp:compute/getZones:getZones"), []);
  });

  it("knows arrays, maps, nested objects, enums and unions", () => {
    const group = schema("aws:eks/nodeGroup:NodeGroup").inputs;
    assert.deepEqual(group.subnetIds?.type, { kind: "array", of: { kind: "string" } });
    assert.deepEqual(group.labels?.type, { kind: "map", of: { kind: "string" } });
    assert.deepEqual(group.scalingConfig?.type, {
      kind: "object",
      reference: "input:eks.NodeGroupScalingConfig",
    });
    const pool = schema("azure-native:containerservice:AgentPool").inputs;
    const priority = pool.scaleSetPriority?.type;
    assert.deepEqual(priority?.kind === "enum" && priority.values, ["Spot", "Regular"]);
    const port = schema("kubernetes:core/v1:Service").definitions["input:core.v1.ServicePort"]?.targetPort
      ?.type;
    assert.deepEqual(port, { kind: "union", of: [{ kind: "number" }, { kind: "string" }] });
  });

  it("tells computed outputs from inputs", () => {
    const cluster = schema("aws:eks/cluster:Cluster");
    assert.ok(cluster.outputs.endpoint?.required);
    assert.equal(cluster.inputs.endpoint, undefined);
    assert.equal(cluster.sdk, `@pulumi/aws ${sdkOf("aws").version}`);
  });

  it("takes any content for a custom resource, and refuses a misspelled type with the nearest", () => {
    assert.equal(resourceSchema(schemas, "kubernetes:keda.sh/v1alpha1:ScaledObject").open, true);
    assert.throws(
      () => resourceSchema(schemas, "aws:eks/clustr:Clustr"),
      /'aws:eks\/clustr:Clustr'.*did you mean 'cluster'/,
    );
    assert.throws(() => resourceSchema(schemas, "kubernetes:apps/v1:Deploymnt"), /did you mean 'deployment'/);
  });

  it("keeps what it derived by SDK version, and derives again what is broken", () => {
    const folder = mkdtempSync(join(tmpdir(), "schemas-"));
    const token = "aws:sqs/queue:Queue";
    const first = new SchemaRepository(folder).find(token);
    const [version = ""] = readdirSync(folder);
    assert.match(version, new RegExp(`^aws-${sdkOf("aws").version}-[0-9a-f]+$`));
    const [file = ""] = readdirSync(join(folder, version));
    assert.deepEqual(new SchemaRepository(folder).find(token), first);
    writeFileSync(join(folder, version, file), '{"token": "aws:sq');
    assert.deepEqual(new SchemaRepository(folder).find(token), first);
    rmSync(folder, { recursive: true });
  });
});

describe("the cache of derived types", () => {
  it("serves two processes that start empty at the same time", async function () {
    this.timeout(60_000);
    const folder = mkdtempSync(join(tmpdir(), "schemas-"));
    const tokens = ["gcp:container/cluster:Cluster", "azure-native:containerservice:ManagedCluster"];
    const module = join(projectFolder, "simulator/schema/repository.ts");
    const script = `const { SchemaRepository } = await import(${JSON.stringify(module)});
      const schemas = new SchemaRepository(${JSON.stringify(folder)});
      console.log(JSON.stringify(${JSON.stringify(tokens)}.map((token) => schemas.find(token))));`;
    const derive = async () => {
      const child = spawn(nodeBinary, ["--input-type=module", "-e", script], {
        stdio: ["ignore", "pipe", "inherit"],
      });
      let output = "";
      child.stdout.on("data", (chunk) => {
        output += chunk;
      });
      await once(child, "close");
      return JSON.parse(output);
    };
    const expected = tokens.map((token) => schemas.find(token));
    assert.deepEqual(await Promise.all([derive(), derive()]), [expected, expected]);
    rmSync(folder, { recursive: true });
  });
});

describe("inputs checked against the SDKs' types", () => {
  const subnets = { subnetIds: ["subnet-1"] };

  it("accepts what the SDKs allow", () => {
    assert.deepEqual(
      problems("aws:eks/cluster:Cluster", { roleArn: "arn", vpcConfig: subnets, tags: { a: "b" } }),
      [],
    );
    assert.deepEqual(problems("aws:iam/policy:Policy", { policy: "{}" }), []);
    assert.deepEqual(problems("gcp:storage/bucket:Bucket", { location: "EU", forceDestroy: true }), []);
    assert.deepEqual(
      problems("kubernetes:core/v1:Service", {
        apiVersion: "v1",
        kind: "Service",
        spec: {
          ports: [
            { port: 80, targetPort: "http" },
            { port: 81, targetPort: 8081 },
          ],
        },
      }),
      [],
    );
  });

  it("names unknown properties with their path and the nearest known one", () => {
    assert.deepEqual(
      problems("aws:eks/cluster:Cluster", {
        roleArn: "arn",
        vpcConfig: { ...subnets, endpointPublicAcess: true },
        verison: "1.34",
      }),
      [
        "vpcConfig.endpointPublicAcess: unknown property 'endpointPublicAcess'; did you mean 'endpointPublicAccess'?",
        "verison: unknown property 'verison'; did you mean 'version'?",
      ],
    );
  });

  it("names missing properties, also inside objects and lists", () => {
    assert.deepEqual(
      problems("aws:eks/nodeGroup:NodeGroup", { clusterName: "c", nodeRoleArn: "r", scalingConfig: {} }),
      [
        "subnetIds: missing required property 'subnetIds'",
        "scalingConfig.desiredSize: missing required property 'desiredSize'",
        "scalingConfig.maxSize: missing required property 'maxSize'",
        "scalingConfig.minSize: missing required property 'minSize'",
      ],
    );
    assert.deepEqual(
      problems("gcp:container/nodePool:NodePool", {
        cluster: "c",
        nodeConfig: { guestAccelerators: [{ type: "nvidia-l4" }] },
      }),
      ["nodeConfig.guestAccelerators[0].count: missing required property 'count'"],
    );
  });

  it("refuses values of another type", () => {
    assert.deepEqual(
      problems("aws:sqs/queue:Queue", { visibilityTimeoutSeconds: "60", fifoQueue: "true", tags: ["a"] }),
      [
        'visibilityTimeoutSeconds: expected a number, got string "60"',
        'fifoQueue: expected a boolean, got string "true"',
        "tags: expected a map, got an array",
      ],
    );
    assert.deepEqual(
      problems("aws:eks/cluster:Cluster", { roleArn: "arn", vpcConfig: { subnetIds: "subnet-1" } }),
      ['vpcConfig.subnetIds: expected an array, got string "subnet-1"'],
    );
  });

  it("refuses values that an enum does not have, for Azure's open enums too", () => {
    const pool = { resourceGroupName: "g", resourceName: "c" };
    assert.deepEqual(
      problems("azure-native:containerservice:AgentPool", { ...pool, scaleSetPriority: "Spott" }),
      ["scaleSetPriority: string \"Spott\" is not one of Spot, Regular; did you mean 'Spot'?"],
    );
    assert.deepEqual(
      problems("docker-build:index:Image", { push: true, platforms: ["linux/amd65"] }).length,
      1,
    );
    assert.match(
      problems("kubernetes:apps/v1:Deployment", { apiVersion: "apps/v2", spec: {} }).join("\n"),
      /apiVersion: must be "apps\/v1", not string "apps\/v2"/,
    );
  });

  it("lets values pass that a preview does not know yet", () => {
    assert.deepEqual(
      problems("aws:eks/cluster:Cluster", {
        roleArn: UNKNOWN,
        vpcConfig: { subnetIds: UNKNOWN, publicAccessCidrs: [UNKNOWN] },
      }),
      [],
    );
    assert.deepEqual(
      problems("aws:eks/cluster:Cluster", { roleArn: UNKNOWN, vpcConfig: UNKNOWN, tags: UNKNOWN }),
      [],
    );
  });
});
