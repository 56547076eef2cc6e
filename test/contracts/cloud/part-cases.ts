import assert from "node:assert/strict";
import type { Cloud, Grant } from "../../../components/cloud.ts";
import { deployAutoscaler } from "../../../components/platform/autoscaler.ts";
import type { CloudCase } from "./cloud.ts";
import type { CloudFixture } from "./cloud-fixture.ts";
import { developmentSettings } from "./record-cloud.ts";

const RELEASE = "kubernetes:helm.sh/v3:Release";
const SCALED = "kubernetes:keda.sh/v1alpha1:ScaledObject";
const TAKES = /receive|send|delete|subscriber|publisher|write|put|contributor|processor|admin|owner|\*/i;

/** What a cluster needs besides nodes. */
export const partCases: CloudCase[] = [
  {
    name: "declares who brings KEDA, and installs nothing that it brings itself",
    needs: "replicas",
    async run(fixture) {
      const { result, all } = await recordScaled(fixture);
      const { keda } = result.parts ?? assert.fail("no parts are declared");
      const charts = all(RELEASE).map(({ inputs }) => inputs.chart);
      assert.equal(charts.includes("keda"), keda.origin === "needed");
      for (const { inputs } of all(RELEASE)) assert.match(inputs.version, /^v?\d+\.\d+\.\d+$/);
    },
    async without(fixture) {
      const { result } = await recordScaled(fixture);
      assert.equal(result.parts, undefined);
    },
  },
  {
    name: "lets KEDA, by the service account that it has there, read the queue's depth and nothing else",
    needs: "workloadIdentity",
    async run(fixture) {
      const { result, resources } = await recordScaled(fixture);
      const urns = result.granted.map(String);
      const granted = resources.filter(({ urn }) => urns.includes(urn));
      assert.ok(granted.length > 0 && granted.length === urns.length);
      const queue = String(result.queue).replace(/\?.*$/, "").split("/").at(-1) ?? "";
      for (const { actions, targets } of granted.flatMap(fixture.permissions)) {
        assert.ok(actions.length > 0 && targets.length > 0);
        for (const action of actions) assert.doesNotMatch(action, TAKES);
        for (const target of targets)
          assert.ok(target.includes(queue) || actions.every((action) => fixture.wholeProject.test(action)));
      }
      const { namespace = "", name = "" } = result.parts?.keda.serviceAccount ?? {};
      const tied = resources
        .filter(fixture.shows.workloadIdentity)
        .map(({ inputs }) => JSON.stringify(inputs));
      assert.ok(
        tied.some((text) => text.includes(namespace) && text.includes(name)),
        `no identity for ${namespace}/${name}`,
      );
    },
    async without(fixture) {
      const { result } = await recordScaled(fixture);
      assert.deepEqual(result.granted, []);
    },
  },
  {
    name: "scales once KEDA is there and may read the depth",
    needs: "replicas",
    async run(fixture) {
      const recording = await recordScaled(fixture);
      const { dependencies } = recording.one(SCALED, "worker");
      const first = [
        ...recording.result.granted.map(String),
        ...recording.all(RELEASE).filter(isKeda).map(urnOf),
      ];
      assert.deepEqual(
        first.filter((urn) => !dependencies.includes(urn)),
        [],
        "the ScaledObject does not wait for these",
      );
    },
    async without(fixture) {
      const { resources } = await recordScaled(fixture);
      assert.ok(!resources.some(({ type }) => type === SCALED));
    },
  },
];

const isKeda = ({ inputs }: { inputs: { chart?: string } }) => inputs.chart === "keda";
const urnOf = ({ urn }: { urn: string }) => urn;

/** The platform's autoscaler with a workload that it scales, where the cloud has such. */
async function recordScaled(fixture: CloudFixture) {
  const settings = developmentSettings(fixture);
  const program = async () => {
    const cloud = await fixture.create(settings);
    const granted: Grant[] = [];
    const autoscaler = deployAutoscaler(listening(cloud, granted), settings.gpuPools);
    if (cloud.queue.scaler !== undefined) deployScaled(cloud, autoscaler);
    return {
      parts: cloud.parts,
      queue: cloud.queue.url,
      granted: granted
        .flatMap((grant) => (grant.state === "granted" ? grant.resources : []))
        .map(({ urn }) => urn),
    };
  };
  return await fixture.record(program, { stack: settings.stack, config: fixture.development.providerConfig });
}

/** The cloud, whose grants of the depth are written down. */
function listening(cloud: Cloud, granted: Grant[]): Cloud {
  const grantDepth: Cloud["queue"]["grantDepth"] = (identity) => {
    const grant = cloud.queue.grantDepth(identity);
    granted.push(grant);
    return grant;
  };
  return { ...cloud, queue: { ...cloud.queue, grantDepth } };
}

function deployScaled({ cluster, queue }: Cloud, autoscaler: ReturnType<typeof deployAutoscaler>): void {
  cluster.deploy({
    name: "worker",
    identity: cluster.identity("worker"),
    command: ["node", "runtime/main.ts"],
    environment: {},
    ports: [],
    replicas: { queue, minimum: 0, maximum: 3, messagesPerReplica: 7, idleSeconds: 60, autoscaler },
  });
}
