import assert from "node:assert/strict";
import type { ModelManifest } from "../../../runtime/inference/manifest.ts";
import { describeConfiguration } from "../../../runtime/inference/model-configuration.ts";
import { scaleModel } from "./models.ts";

describe("describeConfiguration", () => {
  const { files: _files, ...description } = scaleModel(1);
  const manifest: ModelManifest = {
    ...description,
    version: 1,
    platform: "onnxruntime_onnx",
    createdAt: "2026-01-01T00:00:00Z",
    files: [],
  };
  const state = { workers: 2, executionProvider: undefined, versionPolicy: undefined };

  it("tells batching, queue and cache in Triton's form", () => {
    const { dynamic_batching, response_cache } = describeConfiguration(
      {
        ...manifest,
        batching: { maximumDelaySeconds: 0.0005, preferredSizes: [4, 8] },
        queue: { maximumLength: 10, timeoutSeconds: 2, onTimeout: "delay", priorityLevels: 3 },
        cache: { maximumBytes: 1 },
      },
      state,
    );
    assert.deepEqual(response_cache, { enable: true });
    assert.deepEqual(dynamic_batching, {
      preferred_batch_size: [4, 8],
      max_queue_delay_microseconds: 500,
      priority_levels: 3,
      default_priority_level: 2,
      default_queue_policy: {
        timeout_action: "DELAY",
        default_timeout_microseconds: 2_000_000,
        allow_timeout_override: true,
        max_queue_size: 10,
      },
    });
    assert.equal("dynamic_batching" in describeConfiguration(manifest, state), false);
  });

  it("tells the version policy, and where how many sessions run", () => {
    assert.deepEqual(
      describeConfiguration(manifest, { ...state, versionPolicy: { latest: 2 } }).version_policy,
      { latest: { num_versions: 2 } },
    );
    assert.deepEqual(
      describeConfiguration(manifest, { ...state, versionPolicy: { specific: [1, 4] } }).version_policy,
      { specific: { versions: [1, 4] } },
    );
    const groupOf = (workers: number | undefined, executionProvider: string | undefined) => {
      const own = workers === undefined ? {} : { workers };
      const { instance_group } = describeConfiguration(
        { ...manifest, ...own },
        { ...state, executionProvider },
      );
      return instance_group.map(({ kind, count }) => [kind, count]);
    };
    assert.deepEqual(groupOf(undefined, undefined), [["KIND_CPU", 2]]);
    assert.deepEqual(groupOf(4, "cuda"), [["KIND_GPU", 4]]);
  });
});
