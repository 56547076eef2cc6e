import assert from "node:assert/strict";
import type { Capabilities } from "../../../components/cloud.ts";
import type { CloudCase } from "./cloud.ts";
import type { CloudFixture } from "./cloud-fixture.ts";
import { developmentSettings, recordCloud, refusalOf } from "./record-cloud.ts";

type Shown = keyof CloudFixture["shows"];

const shown: Record<Shown, string> = {
  foundation: "makes a bucket of the stack's own",
  registry: "has a registry of the stack's",
  workloadIdentity: "gives workloads an identity without keys",
  gpuPools: "makes the GPU pools that are configured",
  budget: "has a budget with an alarm at the cloud itself",
  privateNetwork: "keeps nodes off public addresses",
};

export const capabilityCases: CloudCase[] = [
  {
    name: "declares what it does, and why not the rest",
    async run(fixture) {
      const { result } = await recordCloud(fixture, developmentSettings(fixture));
      const declared = result.capabilities as Capabilities;
      assert.deepEqual(declared, fixture.capabilities);
      for (const [name, capability] of Object.entries(declared))
        if (!capability.supported) assert.match(capability.reason, /\w+ \w+/, name);
    },
  },
  ...(Object.keys(shown) as Shown[]).map(showing),
  {
    name: "reads quotas, and refuses a pool that could not have one node",
    needs: "quotas",
    async run(fixture) {
      const settings = developmentSettings(fixture);
      const options = { quotas: fixture.smallQuotas };
      const { message, registered } = await refusalOf(fixture, settings, options);
      assert.ok(message !== undefined, "a quota of 0 is not refused");
      assert.deepEqual(registered, []);
      assert.match(message, /quota/i);
      assert.match(message, /https:\/\//, "where to ask for more");
    },
    async without(fixture) {
      const { invokes } = await recordCloud(fixture, developmentSettings(fixture));
      assert.deepEqual(invokes, []);
    },
  },
  {
    name: "takes a workload from none to many by its queue's depth",
    needs: "replicas",
    async run(fixture) {
      const recording = await recordScaled(fixture);
      const { spec } = recording.one("kubernetes:keda.sh/v1alpha1:ScaledObject", "worker").inputs;
      assert.deepEqual([spec.minReplicaCount, spec.maxReplicaCount], [0, 3]);
      const [trigger] = spec.triggers;
      assert.ok(Object.values(trigger.metadata).includes("7"), JSON.stringify(trigger));
      const { inputs } = recording.one(fixture.workloadType, "worker");
      assert.equal(inputs.spec.replicas, undefined, "a number would fight with the autoscaler");
    },
    async without(fixture) {
      const { result } = await recordScaled(fixture);
      assert.equal(result, undefined);
    },
  },
];

/** A workload that scales on the queue, where the cloud has such. */
async function recordScaled(fixture: CloudFixture) {
  const settings = developmentSettings(fixture);
  const program = async () => {
    const { cluster, queue } = await fixture.create(settings);
    if (queue.scaler === undefined) return undefined;
    return cluster.deploy({
      name: "worker",
      identity: cluster.identity("worker"),
      command: ["node", "runtime/main.ts"],
      environment: {},
      ports: [],
      replicas: { queue, minimum: 0, maximum: 3, messagesPerReplica: 7, idleSeconds: 60 },
    }).name;
  };
  return await fixture.record(program, {
    stack: settings.stack,
    config: fixture.development.providerConfig,
  });
}

function showing(capability: Shown): CloudCase {
  return {
    name: shown[capability],
    needs: capability,
    async run(fixture) {
      const { resources } = await recordCloud(fixture, developmentSettings(fixture));
      assert.ok(resources.some(fixture.shows[capability]), "nothing registered shows it");
    },
    async without(fixture) {
      const { resources } = await recordCloud(fixture, developmentSettings(fixture));
      assert.deepEqual(resources.filter(fixture.shows[capability]), []);
    },
  };
}
