import assert from "node:assert/strict";
import type { CoreV1Event, V1Job, V1Pod } from "@kubernetes/client-node";
import { waitReason } from "../../../../runtime/containers/kubernetes/wait-reason.ts";

const event = (reason: string, message: string, { type = "Normal", at = 0 } = {}) =>
  ({ reason, message, type, lastTimestamp: new Date(at), metadata: {}, involvedObject: {} }) as CoreV1Event;
const waiting = (reason: string, message?: string): V1Pod => ({
  status: {
    containerStatuses: [
      {
        name: "main",
        image: "a",
        imageID: "",
        ready: false,
        restartCount: 0,
        state: { waiting: { reason, ...(message !== undefined && { message }) } },
      },
    ],
  },
});
const unscheduled = (message: string): V1Pod => ({
  status: { conditions: [{ type: "PodScheduled", status: "False", reason: "Unschedulable", message }] },
});

describe("why a container waits", () => {
  it("is told by the scheduler, and by the autoscaler of nodes", () => {
    const message = "0/3 nodes are available: 3 Insufficient nvidia.com/gpu.";
    assert.deepEqual(waitReason({}, unscheduled(message), []), {
      reason: `no node has room for it: ${message}`,
    });
    const events = [
      event("FailedScheduling", message),
      event("TriggeredScaleUp", "pod triggered scale-up: t4 0->1"),
    ];
    assert.deepEqual(waitReason({}, unscheduled(message), events), {
      reason: `no node has room for it: ${message}; pod triggered scale-up: t4 0->1`,
    });
  });

  it("is what happened last where the pod has its node", () => {
    const events = [
      event("Scheduled", "assigned", { at: 1 }),
      event("Pulling", 'Pulling image "a"', { at: 2 }),
    ];
    assert.deepEqual(waitReason({}, waiting("ContainerCreating"), events), { reason: 'Pulling image "a"' });
    const warned = [...events, event("FailedMount", "no such secret", { type: "Warning", at: 1 })];
    assert.deepEqual(waitReason({}, waiting("ContainerCreating"), warned), { reason: "no such secret" });
    assert.equal(waitReason({}, {}, []), undefined);
  });

  it("is the queue or the quota where there is no pod yet", () => {
    const job: V1Job = { spec: { suspend: true, template: {} } };
    const events = [
      event("Pending", "couldn't assign flavors", { at: 3 }),
      event("Created", "made", { at: 1 }),
    ];
    assert.deepEqual(waitReason(job, undefined, events), {
      reason: "its queue has not admitted it: couldn't assign flavors",
    });
    const refused = event("FailedCreate", "exceeded quota: gpus", { type: "Warning" });
    assert.deepEqual(waitReason({}, undefined, [refused]), { reason: "exceeded quota: gpus" });
    assert.equal(waitReason({}, undefined, [event("SuccessfulCreate", "made")]), undefined);
  });

  it("ends the attempt where waiting is in vain, and only there", () => {
    const never = (reason: string, message?: string) =>
      waitReason({}, waiting(reason, message), [])?.never?.code;
    assert.equal(never("InvalidImageName", "couldn't parse image name"), "invalid-image");
    assert.equal(never("ErrImageNeverPull"), "image-not-found");
    assert.equal(never("CreateContainerConfigError", "secret not there"), "container-not-startable");
    assert.equal(never("ErrImagePull", "manifest unknown"), "image-not-found");
    assert.equal(
      never("ImagePullBackOff", "Back-off pulling image: registry/a:1: not found"),
      "image-not-found",
    );
    assert.equal(never("ErrImagePull", "dial tcp: connection refused"), undefined);
    assert.equal(never("ImagePullBackOff", "toomanyrequests"), undefined);
  });
});
