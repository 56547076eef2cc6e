import assert from "node:assert/strict";
import { Provider } from "@pulumi/kubernetes/provider.js";
import { output } from "@pulumi/pulumi";
import type { Cloud } from "../../../../components/cloud.ts";
import { describeBucket } from "../../../../components/clouds/existing/bucket.ts";
import { capabilities } from "../../../../components/clouds/existing/capabilities.ts";
import { describeQueue } from "../../../../components/clouds/existing/queue.ts";
import { describeSecrets } from "../../../../components/clouds/existing/secrets.ts";
import { createKubernetesCluster } from "../../../../components/kubernetes/create-kubernetes-cluster.ts";
import { deployRuntime } from "../../../../components/platform/runtime.ts";
import { deployWorkflowEngine } from "../../../../components/platform/workflow-engine.ts";
import { recordProgram } from "../../../../simulator/recording/record-program.ts";
import { readExampleStack } from "../../../contracts/cloud/example-settings.ts";
import { IMAGE } from "../../../contracts/cloud/record-cloud.ts";
import { spotPool } from "../settings.ts";

const { existing } = readExampleStack("existing", "/nowhere").settings;
assert.ok(existing);
const settings = existing;
const FOLDER = "/var/run/skyloom/secrets";

/** The platform on a cluster whose namespace has, or has not, a secret for workflows. */
async function recordPlatform(secrets: string | undefined) {
  const program = () => {
    const provider = new Provider("kubernetes", { kubeconfig: "{}" });
    const cloud: Cloud = {
      capabilities,
      parts: undefined,
      bucket: describeBucket(settings),
      queue: describeQueue(settings),
      secrets: describeSecrets({ ...settings, secrets }),
      registry: { repository: output("registry.example.com/runtime"), image: output(IMAGE) },
      cluster: createKubernetesCluster({
        parent: provider,
        provider,
        cluster: undefined,
        dependsOn: [],
        kubeconfig: undefined,
        logs: output("none"),
        namespace: settings.namespace,
        registry: { repository: output("registry.example.com/runtime"), image: output(IMAGE) },
        createIdentity: () => ({ principal: undefined, dependsOn: [] }),
      }),
    };
    const engine = deployWorkflowEngine(cloud, {
      ...{ stack: "existing", nodes: 1, storageGib: 10, cpuRequest: 0.1, callers: ["runtime"] },
    });
    const numbers = { inferenceWorkers: 1, queueConcurrency: 1, drainSeconds: 1, workerIdleSeconds: 60 };
    const sizes = { replicas: 1, cpuRequest: 0.1, gpuPools: [spotPool] };
    deployRuntime(cloud, engine, { ...numbers, ...sizes, logLevel: "info", token: undefined });
  };
  const recording = await recordProgram(program, { stack: "existing" });
  return (workload: string, kind = "Deployment") => {
    const { spec } = recording.one(`kubernetes:apps/v1:${kind}`, workload).inputs.spec.template;
    const [container] = spec.containers;
    return {
      told: container.env.find(({ name }: { name: string }) => name === "SKYLOOM_SECRETS")?.value,
      mount: container.volumeMounts.find(({ name }: { name: string }) => name === "secret-store"),
      volume: spec.volumes.find(({ name }: { name: string }) => name === "secret-store"),
    };
  };
}

describe("secrets of a cluster of one's own", function () {
  this.timeout(30_000);
  const nothing = { told: undefined, mount: undefined, volume: undefined };

  it("are files, read-only, in the pods that run workflows, which start without them", async () => {
    const pod = await recordPlatform("workflow-secrets");
    assert.deepEqual(pod("runtime"), {
      told: `file://${FOLDER}`,
      mount: { name: "secret-store", mountPath: FOLDER, readOnly: true },
      volume: {
        name: "secret-store",
        secret: { secretName: "workflow-secrets", defaultMode: 0o440, optional: true },
      },
    });
  });

  it("are in no other pod", async () => {
    const pod = await recordPlatform("workflow-secrets");
    assert.deepEqual(pod("worker-t4"), nothing);
    assert.deepEqual(pod("restate", "StatefulSet"), nothing);
  });

  it("are nowhere where none is named", async () => {
    assert.deepEqual((await recordPlatform(undefined))("runtime"), nothing);
  });
});
