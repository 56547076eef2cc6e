import assert from "node:assert/strict";
import * as pulumi from "@pulumi/pulumi";
import type { Cloud, GpuPoolSettings, Workload } from "../../../components/cloud.ts";
import { deployRuntime } from "../../../components/platform/runtime.ts";
import {
  deployWorkflowEngine,
  type WorkflowEngineSettings,
} from "../../../components/platform/workflow-engine.ts";
import { readConfig } from "../../../runtime/config.ts";

const ports = ["runtime http", "runtime workflows", "restate ingress", "restate admin", "restate node"];

const modelKeys = [Buffer.alloc(32, 1).toString("base64"), Buffer.alloc(32, 2).toString("base64")];

/** Takes what is deployed instead of running it. */
function createFakeCloud(): { cloud: Cloud; workloads: Map<string, Workload>; grants: string[] } {
  const workloads = new Map<string, Workload>();
  const grants: string[] = [];
  const grant = (name: string) => () => grants.push(name);
  const cloud = {
    capabilities: { replicas: { supported: false, reason: "none here" } },
    bucket: { url: pulumi.output("file:///bucket"), grantReadWrite: grant("bucket") },
    queue: { url: pulumi.output("sqlite:///queue.db"), grantSendReceive: grant("queue") },
    secrets: {
      url: pulumi.output("file:///secrets"),
      grantRead: ({ name }: { name: string }) => grants.push(`secrets to ${name}`),
    },
    cluster: {
      address(workload: string, name: string) {
        const port = 9000 + ports.indexOf(`${workload} ${name}`);
        return { host: "127.0.0.1", port, url: `http://127.0.0.1:${port}` };
      },
      dataFolder: (workload: string) => `/data/${workload}`,
      replicas: () => ({ name: "one", url: "http://127.0.0.1:9004", all: ["http://127.0.0.1:9004"] }),
      identity: (name: string) => ({ name, principal: undefined, dependsOn: [] }),
      deploy(workload: Workload) {
        workloads.set(workload.name, workload);
        return { name: workload.name, resource: `the resource of ${workload.name}` };
      },
    },
  };
  return { cloud: cloud as unknown as Cloud, workloads, grants };
}

const engineSettings: WorkflowEngineSettings = {
  stack: "test",
  nodes: 1,
  storageGib: 10,
  cpuRequest: 0.1,
  callers: ["runtime"],
};

const resolved = <Value>(output: pulumi.Input<Value>) =>
  new Promise((resolve) => pulumi.output(output).apply(resolve));

async function environmentOf(workload: Workload): Promise<Record<string, string>> {
  const environment: Record<string, string> = {};
  for (const [name, value] of Object.entries({ ...workload.environment, ...workload.secrets }))
    environment[name] = String(await resolved(value));
  return environment;
}

describe("platform", () => {
  it("gives the runtime settings that the runtime accepts, with grants and the engine first", async () => {
    const { cloud, workloads, grants } = createFakeCloud();
    const engine = deployWorkflowEngine(cloud, engineSettings);
    const token = pulumi.secret("0123456789abcdef");
    const numbers = { inferenceWorkers: 2, queueConcurrency: 3, drainSeconds: 4 };
    const settings = {
      logLevel: "debug",
      ...numbers,
      allowPrivateAddresses: ["10.1.0.0/16", "build.internal"],
      webhookSecret: "webhook-key",
      modelSigningSecret: "model-key",
      modelKeys,
      smtp: "smtp://relay?from=a@b.example",
    };
    const sizes = { replicas: 1, cpuRequest: 0.1, gpuPools: [], workerIdleSeconds: 60 };
    const tracingEndpoint = "http://collector:4318";
    const capacity = "cpu=3";
    deployRuntime(cloud, engine, { ...settings, ...sizes, token, tracingEndpoint, capacity });

    const runtime = workloads.get("runtime");
    assert.ok(runtime);
    assert.deepEqual(readConfig(await environmentOf(runtime)), {
      ...readConfig({ SKYLOOM_BUCKET: "file:///bucket", SKYLOOM_QUEUE: "sqlite:///queue.db" }),
      ...settings,
      secrets: "file:///secrets",
      declaredPools: new Map([["default", { cpu: 3, gpus: {} }]]),
      port: 9000,
      workflowPort: 9001,
      restateIngress: "http://127.0.0.1:9002",
      restateAdmin: "http://127.0.0.1:9003",
      token: "0123456789abcdef",
    });
    assert.equal(runtime.environment?.OTEL_EXPORTER_OTLP_ENDPOINT, tracingEndpoint);
    assert.ok(runtime.stopSeconds && runtime.stopSeconds > settings.drainSeconds);
    assert.deepEqual(runtime.dependsOn, ["the resource of restate"]);
    assert.deepEqual(grants, ["secrets to runtime", "bucket", "queue"]);
  });

  it("lets workers read secrets where webhooks are signed, and only there", async () => {
    const pool = { name: "l4", accelerator: "l4", count: 1, minimum: 0, maximum: 1 } as GpuPoolSettings;
    const fixed = { logLevel: "info", inferenceWorkers: 1, queueConcurrency: 1, drainSeconds: 1 };
    const sizes = { replicas: 1, cpuRequest: 0.1, gpuPools: [pool], workerIdleSeconds: 60, token: undefined };
    for (const webhookSecret of ["webhook-key", undefined]) {
      const { cloud, workloads, grants } = createFakeCloud();
      const engine = deployWorkflowEngine(cloud, engineSettings);
      deployRuntime(cloud, engine, { ...fixed, ...sizes, webhookSecret });
      const config = readConfig(await environmentOf(workloads.get("worker-l4") as Workload));
      assert.equal(config.webhookSecret, webhookSecret);
      assert.equal(grants.includes("secrets to worker-l4"), webhookSecret !== undefined);
    }
  });

  it("binds every port of the workflow engine to its own address", () => {
    const { cloud, workloads } = createFakeCloud();
    deployWorkflowEngine(cloud, engineSettings);
    const environment = workloads.get("restate")?.environment ?? {};
    const bound = Object.entries(environment).filter(([name]) => name.endsWith("BIND_ADDRESS"));
    assert.deepEqual(Object.fromEntries(bound), {
      RESTATE_INGRESS__BIND_ADDRESS: "127.0.0.1:9002",
      RESTATE_ADMIN__BIND_ADDRESS: "127.0.0.1:9003",
      RESTATE_BIND_ADDRESS: "127.0.0.1:9004",
    });
    assert.equal(environment.RESTATE_BASE_DIR, "/data/restate");
  });
});
