import assert from "node:assert/strict";
import type { V1Job, V1Pod } from "@kubernetes/client-node";
import {
  createJobWatcher,
  type JobWatcherOptions,
} from "../../../../runtime/containers/kubernetes/job-watcher.ts";

const job = (name: string, uid: string): V1Job => ({ metadata: { name, uid } });
const pod = (name: string, of: string, uid: string): V1Pod => ({
  metadata: { name, ownerReferences: [{ apiVersion: "batch/v1", kind: "Job", name: of, uid }] },
});

/** A watcher of a cluster that has these objects, and how often it was asked. */
function watcherOf(jobs: V1Job[], pods: V1Pod[]) {
  const asked: unknown[] = [];
  const list = (items: unknown[]) => async (parameters: unknown) => {
    asked.push(parameters);
    return { items };
  };
  const watcher = createJobWatcher({
    batch: { listNamespacedJob: list(jobs) } as unknown as JobWatcherOptions["batch"],
    core: { listNamespacedPod: list(pods) } as unknown as JobWatcherOptions["core"],
    namespace: "here",
    labelSelector: "owner=me",
    intervalMilliseconds: 1,
  });
  return { watcher, asked };
}

describe("watcher of Jobs", () => {
  it("asks once for all who wait", async () => {
    const { watcher, asked } = watcherOf([job("a", "1"), job("b", "2")], [pod("a-x", "a", "1")]);
    const states = await Promise.all(["a", "b", "c", "a"].map((name) => watcher.state(name)));
    assert.deepEqual(
      states.map(({ job, pod }) => [job?.metadata?.name, pod?.metadata?.name]),
      [
        ["a", "a-x"],
        ["b", undefined],
        [undefined, undefined],
        ["a", "a-x"],
      ],
    );
    assert.deepEqual(asked, [
      { namespace: "here", labelSelector: "owner=me" },
      { namespace: "here", labelSelector: "owner=me" },
    ]);
    await watcher.state("a");
    assert.equal(asked.length, 4);
  });

  it("takes no pod of a removed Job for that of the Job which has its name now", async () => {
    const { watcher } = watcherOf([job("a", "new")], [pod("a-x", "a", "old")]);
    assert.equal((await watcher.state("a")).pod, undefined);
    const both = watcherOf([job("a", "new")], [pod("a-y", "a", "new"), pod("a-x", "a", "old")]);
    assert.equal((await both.watcher.state("a")).pod?.metadata?.name, "a-y");
  });
});
