import assert from "node:assert/strict";
import { requestsOf } from "../../../runtime/capacity/pod-requests.ts";

describe("requests of a pod", () => {
  it("are those of its containers together, or of the largest that runs before them", () => {
    const asks = (cpu: string) => ({ name: "one", resources: { requests: { cpu } } });
    const pod = (starting: object[]) =>
      requestsOf({
        spec: {
          containers: [asks("500m"), asks("1")],
          initContainers: starting as never,
          overhead: { cpu: "100m" },
        },
      }).cpu;
    assert.equal(pod([]), 1.6);
    assert.equal(pod([asks("3")]), 3.1);
    assert.equal(pod([{ ...asks("1"), restartPolicy: "Always" }, asks("3")]), 4.1);
  });

  it("are the limits where nothing else is said", () => {
    const limits = { memory: "1Gi", "nvidia.com/gpu": "2", "ephemeral-storage": "1M" };
    assert.deepEqual(requestsOf({ spec: { containers: [{ name: "one", resources: { limits } }] } }), {
      cpu: 0,
      memory: 1024 ** 3,
      storage: 1e6,
      gpu: 2,
    });
  });
});
