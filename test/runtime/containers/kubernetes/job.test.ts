import assert from "node:assert/strict";
import type { NodePool } from "../../../../runtime/capacity/node-pools.ts";
import type { ContainerRequest } from "../../../../runtime/containers/container-runner.ts";
import { jobOf, secretOf } from "../../../../runtime/containers/kubernetes/job.ts";

const request: ContainerRequest = {
  runId: "Run_1",
  task: "train",
  attempt: 2,
  image: "registry/a@sha256:0",
  command: ["run", "$(PLAIN)"],
  environment: { PLAIN: "$(HOME) $HOME" },
  secrets: { TOKEN: "hunter2" },
  inputs: { a: 1 },
  resources: { cpu: 0.5, memory: 64 * 1024 ** 2, storage: 1e9, gpu: 1, gpuType: "t4" },
  timeLimitSeconds: 9.5,
};
const pool = (name: string, accelerator: string): NodePool => ({
  name,
  labels: { pool: name },
  accelerator,
  tolerations: [{ key: "team", operator: "Exists" }],
  gpus: 1,
  maximum: 1,
});
const settings = { namespace: "here", owner: "owner", pools: [] };
const podOf = (changes: Partial<ContainerRequest> = {}, pools: NodePool[] = []) =>
  jobOf({ ...request, ...changes }, { ...settings, pools }).spec?.template.spec ?? assert.fail("no pod");

describe("Job of an attempt", () => {
  it("keeps the restricted profile, whatever is asked for", () => {
    const { securityContext, containers, ...pod } = podOf();
    assert.equal(pod.automountServiceAccountToken, false);
    assert.deepEqual(
      [securityContext?.runAsNonRoot, securityContext?.seccompProfile],
      [true, { type: "RuntimeDefault" }],
    );
    assert.deepEqual(containers[0]?.securityContext, {
      allowPrivilegeEscalation: false,
      readOnlyRootFilesystem: true,
      capabilities: { drop: ["ALL"] },
    });
  });

  it("is tried once, ends at the limit in whole seconds, and names the run in full", () => {
    const { metadata, spec } = jobOf(request, settings);
    assert.deepEqual(
      [spec?.backoffLimit, podOf().activeDeadlineSeconds, podOf().restartPolicy],
      [0, 10, "Never"],
    );
    assert.equal(podOf({ timeLimitSeconds: undefined }).activeDeadlineSeconds, undefined);
    assert.equal(spec?.activeDeadlineSeconds, undefined);
    assert.equal(jobOf({ ...request, deadlineSeconds: 90 }, settings).spec?.activeDeadlineSeconds, 90);
    assert.equal(metadata?.annotations?.["skyloom.dev/run"], "Run_1");
    assert.equal(metadata?.labels?.["kueue.x-k8s.io/queue-name"], undefined);
    assert.equal(
      jobOf(request, { ...settings, queue: "tasks" }).metadata?.labels?.["kueue.x-k8s.io/queue-name"],
      "tasks",
    );
  });

  it("holds back what it may use", () => {
    const amounts = {
      cpu: "500m",
      memory: "67108864",
      "ephemeral-storage": "1000000000",
      "nvidia.com/gpu": "1",
    };
    assert.deepEqual(podOf().containers[0]?.resources, { requests: amounts, limits: amounts });
    assert.deepEqual(podOf({ resources: {} }).containers[0]?.resources, { requests: {}, limits: {} });
  });

  it("shows no secret and no inputs, which a Secret of its own holds", () => {
    const job = jobOf(request, settings);
    assert.ok(!JSON.stringify(job).includes("hunter2"));
    const secret = secretOf(request, settings, { ...job, metadata: { ...job.metadata, uid: "uid" } });
    assert.deepEqual(secret.stringData, { "variable.TOKEN": "hunter2", "inputs.json": '{"a":1}' });
    assert.deepEqual(secret.metadata?.ownerReferences, [
      { apiVersion: "batch/v1", kind: "Job", name: job.metadata?.name, uid: "uid" },
    ]);
  });

  it("lets the cluster fill in no variables", () => {
    const [container] = podOf().containers;
    assert.deepEqual(container?.command, ["run", "$$(PLAIN)"]);
    assert.equal(container?.env?.find(({ name }) => name === "PLAIN")?.value, "$$(HOME) $HOME");
  });

  it("goes to the nodes of the pools that have its accelerator", () => {
    const pools = [pool("one", "t4"), pool("two", "t4"), pool("three", "h100")];
    const { affinity, tolerations } = podOf({}, pools);
    const { nodeSelectorTerms } =
      affinity?.nodeAffinity?.requiredDuringSchedulingIgnoredDuringExecution ?? assert.fail("anywhere");
    assert.deepEqual(
      nodeSelectorTerms.map(({ matchExpressions }) => matchExpressions?.[0]?.values),
      [["one"], ["two"]],
    );
    assert.deepEqual(
      tolerations?.map(({ key }) => key),
      ["nvidia.com/gpu", "team", "team"],
    );
    assert.equal(podOf({ resources: { gpu: 1 } }, pools).affinity, undefined);
    assert.equal(podOf({ resources: { gpu: 1, gpuType: "other" } }).affinity, undefined);
    assert.deepEqual(podOf({ resources: {} }, pools).tolerations, undefined);
    assert.match(
      JSON.stringify(podOf().affinity),
      /"skyloom.dev\/accelerator","operator":"In","values":\["t4"\]/,
    );
    assert.throws(() => podOf({}, [pool("three", "h100")]), {
      code: "unknown-accelerator",
      status: 422,
      message: /task train: no node has a t4; known are h100/,
    });
  });
});
