import assert from "node:assert/strict";
import { gpuPool, recordStack, settingsOf } from "./aws-stack.ts";

const groupsToken = "aws:eks/getNodeGroups:getNodeGroups";
const groupToken = "aws:eks/getNodeGroup:getNodeGroup";

/** The stack with a pool t4 of these limits, whose node group has this many nodes. */
async function recordPool(limits: { minimum: number; maximum: number }, size: number) {
  const recording = await recordStack(settingsOf("development", { gpuPools: [{ ...gpuPool, ...limits }] }), {
    invokes: {
      [groupsToken]: ({ clusterName }) => ({ clusterName: clusterName ?? "", names: ["pool-t4-1a2b3c4"] }),
      [groupToken]: ({ nodeGroupName }) => ({
        nodeGroupName: nodeGroupName ?? "",
        labels: { "skyloom.dev/pool": "t4" },
        scalingConfigs: [{ minSize: 0, maxSize: 5, desiredSize: size }],
      }),
    },
  });
  const { inputs, ignoreChanges } = recording.one("aws:eks/nodeGroup:NodeGroup", "pool-t4");
  return { scaling: inputs.scalingConfig, ignoreChanges, log: recording.log.map(({ message }) => message) };
}

describe("number of nodes of a pool on aws", () => {
  it("is the autoscaler's as long as it lies within the limits", async () => {
    for (const size of [1, 2, 3]) {
      const { scaling, ignoreChanges, log } = await recordPool({ minimum: 1, maximum: 3 }, size);
      assert.deepEqual(scaling, { minSize: 1, maxSize: 3, desiredSize: size });
      assert.deepEqual(ignoreChanges, ["scalingConfig.desiredSize"]);
      assert.deepEqual(log, []);
    }
  });

  it("is raised together with a minimum above it", async () => {
    const { scaling, ignoreChanges } = await recordPool({ minimum: 2, maximum: 3 }, 0);
    assert.deepEqual(scaling, { minSize: 2, maxSize: 3, desiredSize: 2 });
    assert.deepEqual(ignoreChanges, []);
  });

  it("is lowered together with a maximum below it, with a warning", async () => {
    const { scaling, ignoreChanges, log } = await recordPool({ minimum: 0, maximum: 2 }, 5);
    assert.deepEqual(scaling, { minSize: 0, maxSize: 2, desiredSize: 2 });
    assert.deepEqual(ignoreChanges, []);
    assert.deepEqual(log, [
      "skyloom:gpuPools[0].maximum: pool t4 has 5 nodes; EKS drains and removes 3 of them",
    ]);
  });

  it("is the minimum of a pool that is new, also in a cluster that has others", async () => {
    const gpuPools = [{ ...gpuPool, minimum: 1 }];
    const recording = await recordStack(settingsOf("development", { gpuPools }), {
      invokes: { [groupsToken]: ({ clusterName }) => ({ clusterName: clusterName ?? "", names: [] }) },
    });
    const { inputs, ignoreChanges } = recording.one("aws:eks/nodeGroup:NodeGroup", "pool-t4");
    assert.equal(inputs.scalingConfig.desiredSize, 1);
    assert.deepEqual(ignoreChanges, ["scalingConfig.desiredSize"]);
  });

  it("is warned about where it cannot be read", async () => {
    const { log } = await recordStack(settingsOf("development"), {
      invokes: {
        [groupsToken]: () => {
          throw new Error("AccessDeniedException: not authorized to perform eks:ListNodegroups");
        },
      },
    });
    assert.equal(log.length, 1);
    assert.match(log[0]?.message ?? "", /could not be read \(eks:ListNodegroups.*AccessDeniedException/);
  });
});
