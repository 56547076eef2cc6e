import assert from "node:assert/strict";
import * as pulumi from "@pulumi/pulumi";
import type { Cloud, Workload } from "../../../components/cloud.ts";
import { deployRuntime } from "../../../components/platform/runtime.ts";
import {
  deployWorkflowEngine,
  type WorkflowEngineSettings,
} from "../../../components/platform/workflow-engine.ts";
import { readConfig } from "../../../runtime/config.ts";

const ports = ["runtime http", "runtime workflows", "restate ingress", "restate admin", "restate node"];

/** Takes what is deployed instead of running it. */
function createFakeCloud(): { cloud: Cloud; workloads: Map<string, Workload>; grants: string[] } {
  const workloads = new Map<string, Workload>();
  const grants: string[] = [];
  const grant = (name: string) => () => grants.push(name);
  const cloud = {
    capabilities: { replicas: { supported: false, reason: "none here" } },
    bucket: { url: pulumi.output("file:///bucket"), grantReadWrite: grant("bucket") },
    queue: { url: pulumi.output("sqlite:///queue.db"), grantSendReceive: grant("queue") },
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
    };
    const sizes = { replicas: 1, cpuRequest: 0.1, gpuPools: [], workerIdleSeconds: 60 };
    deployRuntime(cloud, engine, { ...settings, ...sizes, token });

    const runtime = workloads.get("runtime");
    assert.ok(runtime);
    const environment: Record<string, string> = {};
    for (const [name, value] of Object.entries({ ...runtime.environment, ...runtime.secrets }))
      environment[name] = String(await resolved(value));
    assert.deepEqual(readConfig(environment), {
      ...readConfig({ SKYLOOM_BUCKET: "file:///bucket", SKYLOOM_QUEUE: "sqlite:///queue.db" }),
      ...settings,
      port: 9000,
      workflowPort: 9001,
      restateIngress: "http://127.0.0.1:9002",
      restateAdmin: "http://127.0.0.1:9003",
      token: "0123456789abcdef",
    });
    assert.ok(runtime.stopSeconds && runtime.stopSeconds > settings.drainSeconds);
    assert.deepEqual(runtime.dependsOn, ["the resource of restate"]);
    assert.deepEqual(grants, ["bucket", "queue"]);
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
