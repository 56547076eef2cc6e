import assert from "node:assert/strict";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { BatchV1Api, CoreV1Api } from "@kubernetes/client-node";
import { containerRules } from "../../../components/platform/container-rights.ts";
import type { Run } from "../../../runtime/workflows/run.ts";
import { projectFolder } from "../../../scripts/project.mjs";
import { offerGpus, withdrawGpus } from "../platform/gpu-nodes.ts";
import { ACCELERATOR_LABEL } from "../platform/platform-stack.ts";
import { required } from "../required.ts";
import { ContainerNamespace } from "./kubernetes-fixture.ts";
import { patienceSeconds, RuntimeProcess } from "./runtime-process.ts";

const GROUP = "rbac.authorization.k8s.io";

/** Runs of the real runtime, which has the rights that the platform gives it and no others. */
describe("container tasks on a cluster", function () {
  this.timeout(patienceSeconds * 2000);
  const image = required("TEST_SHELL_IMAGE");
  const space = new ContainerNamespace();
  const { cluster, name: namespace } = space;
  const folder = mkdtempSync(join(tmpdir(), "skyloom-container-tasks-"));
  const batch = cluster.config.makeApiClient(BatchV1Api);
  const core = cluster.config.makeApiClient(CoreV1Api);
  let runtime: RuntimeProcess;

  before(async () => {
    await space.make();
    await withdrawGpus(cluster);
    const kubeconfig = join(folder, "kubeconfig");
    writeFileSync(kubeconfig, await cluster.kubeconfigOf(namespace, "runtime"));
    const metadata = { name: "runtime-containers", namespace };
    await cluster.create({ apiVersion: `${GROUP}/v1`, kind: "Role", metadata, rules: containerRules });
    await cluster.create({
      apiVersion: `${GROUP}/v1`,
      kind: "RoleBinding",
      metadata,
      roleRef: { apiGroup: GROUP, kind: "Role", name: metadata.name },
      subjects: [{ kind: "ServiceAccount", name: "runtime", namespace }],
    });
    const labels = { [ACCELERATOR_LABEL]: "t4" };
    runtime = new RuntimeProcess(join(folder, "runtime"), {
      KUBECONFIG: kubeconfig,
      SKYLOOM_CONTAINERS: "kubernetes",
      SKYLOOM_CONTAINER_NAMESPACE: namespace,
      SKYLOOM_NODE_POOLS: JSON.stringify([{ name: "t4", labels, accelerator: "t4", gpus: 1, maximum: 1 }]),
    });
    await runtime.start();
  });

  after(async () => {
    await runtime?.stop();
    await withdrawGpus(cluster);
    await space.remove();
    rmSync(folder, { recursive: true, force: true });
  });

  const task = (script: string, more = "", head = "") =>
    `  one:\n    uses: container\n${head}    with:\n      image: ${image}\n      command: [sh, -c, ${JSON.stringify(script)}]\n${more}`;
  const start = (name: string, script: string, more = "", head = "") =>
    runtime.run(name, `name: ${name}\ntasks:\n${task(script, more, head)}`);
  const taskOf = (run: Run) => run.tasks.find(({ name }) => name === "one") ?? assert.fail("no task one");

  /** Jobs and pods, by kind, of one run or of all. */
  async function objectsOf(runId?: string): Promise<{ jobs: number; pods: number }> {
    const [jobs, pods] = await Promise.all([
      batch.listNamespacedJob({ namespace }),
      core.listNamespacedPod({ namespace }),
    ]);
    const count = (items: { metadata?: { annotations?: Record<string, string> } }[]) =>
      items.filter(({ metadata }) =>
        runId === undefined ? true : metadata?.annotations?.["skyloom.dev/run"] === runId,
      ).length;
    return { jobs: count(jobs.items), pods: count(pods.items) };
  }
  const gone = async (runId?: string) => {
    const { jobs, pods } = await objectsOf(runId);
    return jobs === 0 && pods === 0;
  };

  it("run the example, with outputs, and keep their log", async () => {
    const file = join(projectFolder, "examples/workflows/container/workflow.yaml");
    const inputs = { text: "one two three", image };
    const run = await runtime.ended(await runtime.run("count-words", readFileSync(file, "utf8"), inputs));
    assert.equal(run.error, null);
    assert.deepEqual(run.outputs, { words: 3, short: true });
    assert.match(await runtime.logged(run, "count", "3 words"), /job .* is made\n/);
  });

  it("are removed with their pods when the run is cancelled", async () => {
    const run = await start("cancelled", "echo begun; sleep 607");
    await runtime.logged(run, "one", "begun\n");
    assert.deepEqual(await objectsOf(run.id), { jobs: 1, pods: 1 });
    await runtime.request("POST", `/v1/runs/${run.id}:cancel`, {});
    assert.equal((await runtime.ended(run)).state, "cancelled");
    await cluster.until(() => gone(run.id), "the cancelled job and its pod are gone", patienceSeconds);
  });

  it("say that they wait for a GPU, and run when one is added", async () => {
    const run = await start(
      "wants-gpu",
      "echo computed",
      "",
      "    resources: {gpu: 1, gpuType: t4, cpu: 0.1, memory: 16Mi}\n",
    );
    const log = await runtime.logged(run, "one", "waiting: no node has room for it: ");
    assert.match(log, /waiting: no node has room for it: .*(affinity|nvidia\.com\/gpu)/);
    assert.deepEqual(await objectsOf(run.id), { jobs: 1, pods: 1 });
    await offerGpus(cluster, 1);
    const done = await runtime.ended(run);
    assert.equal(done.error, null);
    assert.ok((taskOf(done) as { usage?: { gpuSeconds?: number } }).usage?.gpuSeconds !== undefined);
    await withdrawGpus(cluster);
  });

  it("are tried again after the exit codes that they name, and after no others", async () => {
    const retries = "    retries: {maximum: 1, initialInterval: 0.1}\n";
    const again = "      retryExitCodes: [75]\n";
    const [passing, final] = await Promise.all([
      start("exits-75", "echo try; exit 75", again, retries),
      start("exits-3", "echo try; exit 3", again, retries),
    ]);
    const [retried, failed] = [taskOf(await runtime.ended(passing)), taskOf(await runtime.ended(final))];
    assert.deepEqual([retried.state, retried.attempts], ["failed", 2]);
    assert.match(retried.error ?? "", /ended with status 75: .*\ntry$/s);
    assert.deepEqual([failed.state, failed.attempts], ["failed", 1]);
    assert.match(failed.error ?? "", /ended with status 3/);
    await cluster.until(() => gone(passing.id), "the failed jobs are gone", patienceSeconds);
  });

  it("say what keeps an image away, and fail where it will never come", async () => {
    const run = await runtime.run(
      "no-image",
      `name: no-image\ntasks:\n  one: {uses: container, with: {image: "${image.split("@")[0]}-not-there:1"}}\n`,
    );
    const { state, attempts, error } = taskOf(await runtime.ended(run));
    assert.deepEqual([state, attempts], ["failed", 1]);
    assert.match(error ?? "", /ErrImagePull|ImagePullBackOff/);
    assert.match(await runtime.logged(run, "one", "waiting: "), /waiting: .*not-there/);
    await cluster.until(() => gone(run.id), "the job is gone", patienceSeconds);
  });

  it("go on while the runtime is dead, and are found again by the next one", async () => {
    const run = await start("outlives", "echo begun; sleep 8; echo ended");
    await runtime.logged(run, "one", "begun\n");
    await runtime.kill();
    await runtime.start();
    const done = await runtime.ended(run);
    assert.deepEqual([taskOf(done).state, taskOf(done).attempts], ["succeeded", 1]);
    assert.match(await runtime.logged(run, "one", "ended\n"), /is there from before\n.*begun\n.*ended\n/s);
    assert.deepEqual(await objectsOf(run.id), { jobs: 1, pods: 1 });
  });

  it("leave nothing of ended runs once the runtime starts again", async () => {
    const run = await runtime.ended(await start("short", "true"));
    assert.equal(run.state, "succeeded");
    assert.ok((await objectsOf()).jobs > 0);
    await runtime.kill();
    await runtime.start();
    await cluster.until(() => gone(), "the jobs of ended runs are gone", patienceSeconds);
  });
});
