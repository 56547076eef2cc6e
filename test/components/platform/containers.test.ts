import assert from "node:assert/strict";
import { createAwsCloud } from "../../../components/clouds/aws/aws-cloud.ts";
import { type ContainersSettings, containerPodLabels } from "../../../components/platform/containers.ts";
import { deployRuntime } from "../../../components/platform/runtime.ts";
import { deployWorkflowEngine } from "../../../components/platform/workflow-engine.ts";
import { podForbidServiceAccountToken } from "../../../policies/workloads/pod-forbid-service-account-token.ts";
import { rbacForbidEscalation } from "../../../policies/workloads/rbac-forbid-escalation.ts";
import { rbacForbidWildcards } from "../../../policies/workloads/rbac-forbid-wildcards.ts";
import { readConfig } from "../../../runtime/config.ts";
import { jobOf } from "../../../runtime/containers/kubernetes/job.ts";
import { recordProgram } from "../../../simulator/recording/record-program.ts";
import { awsFixture } from "../../contracts/cloud/aws-fixture.ts";
import { developmentSettings } from "../../contracts/cloud/record-cloud.ts";
import { resource, run, stackOf } from "../../policies/fixture.ts";

const serviceAccountFolder = "/var/run/secrets/kubernetes.io/serviceaccount";
const DEPLOYMENT = "kubernetes:apps/v1:Deployment";
const RBAC = "kubernetes:rbac.authorization.k8s.io/v1";
const sizes = { inferenceWorkers: 1, queueConcurrency: 8, drainSeconds: 20, workerIdleSeconds: 300 };

/** The runtime of the example stack on a cluster, with these settings for containers. */
async function record(containers: ContainersSettings | undefined) {
  const settings = developmentSettings(awsFixture);
  const program = async () => {
    const cloud = await createAwsCloud(settings);
    const engine = deployWorkflowEngine(cloud, {
      stack: settings.stack,
      nodes: 1,
      storageGib: 10,
      cpuRequest: 0.1,
      callers: ["runtime"],
    });
    const { gpuPools, generalPool } = settings;
    const own = { ...sizes, logLevel: "info", token: undefined, replicas: 1, cpuRequest: 0.1 };
    deployRuntime(cloud, engine, { ...own, gpuPools, generalPool, containers });
  };
  const recorded = await recordProgram(program, {
    stack: settings.stack,
    config: awsFixture.development.providerConfig,
  });
  const pod = recorded.one(DEPLOYMENT, "runtime").inputs.spec.template.spec;
  const environment: Record<string, string> = Object.fromEntries(
    pod.containers[0].env.map(({ name, value }: { name: string; value: string }) => [name, value]),
  );
  return { ...recorded, pod, environment };
}

interface TokenVolume {
  name: string;
  projected: { sources: { serviceAccountToken?: object }[] };
}

/** The volumes by which a pod gets a token; it gets none unasked. */
function tokenVolumes({
  automountServiceAccountToken,
  volumes,
}: {
  automountServiceAccountToken: unknown;
  volumes: TokenVolume[];
}): TokenVolume[] {
  assert.equal(automountServiceAccountToken, false);
  return volumes.filter(({ projected }) => projected?.sources.some((source) => source.serviceAccountToken));
}

/** What a rule says of one resource. */
function problemsOf(rule: typeof rbacForbidEscalation, props: object): string[] {
  const problems: string[] = [];
  rule.check?.({ props } as never, ((problem: string) => problems.push(problem)) as never);
  return problems;
}

describe("containers of workflows in a cluster", function () {
  this.timeout(60_000);

  it("are off, and the runtime may ask the cluster nothing, unless the stack asks for them", async () => {
    const { all, pod, environment } = await record(undefined);
    assert.equal(environment.SKYLOOM_CONTAINERS, "none");
    assert.deepEqual(tokenVolumes(pod), []);
    for (const kind of ["Role", "RoleBinding", "ClusterRole", "ClusterRoleBinding"])
      assert.deepEqual(all(`${RBAC}:${kind}`), [], kind);
  });

  it("take a role of the namespace for the runtime alone, which no policy refuses", async () => {
    const { all, one, pod, environment } = await record({ egress: "none", seesCluster: false });
    const [token, ...others] = tokenVolumes(pod);
    assert.deepEqual(others, []);
    const [source] = token?.projected.sources ?? [];
    // Without an audience it is for the cluster's API.
    assert.deepEqual(source, { serviceAccountToken: { path: "token", expirationSeconds: 3600 } });
    const mount = pod.containers[0].volumeMounts.find(({ name }: { name: string }) => name === token?.name);
    assert.deepEqual([mount.mountPath, mount.readOnly], [serviceAccountFolder, true]);
    const { inputs: role } = one(`${RBAC}:Role`);
    const { inputs: binding } = one(`${RBAC}:RoleBinding`);
    assert.equal(binding.roleRef.name, role.metadata.name);
    assert.deepEqual(binding.subjects, [
      { kind: "ServiceAccount", name: pod.serviceAccountName, namespace: role.metadata.namespace },
    ]);
    assert.deepEqual(
      [...problemsOf(rbacForbidEscalation, role), ...problemsOf(rbacForbidWildcards, role)],
      [],
    );
    const deployments = all(DEPLOYMENT).map(({ name, inputs }) => resource([DEPLOYMENT, name], inputs));
    assert.deepEqual(await run(podForbidServiceAccountToken, stackOf(deployments)), []);
    assert.deepEqual(all(`${RBAC}:ClusterRole`), []);
    const workers = all(DEPLOYMENT).filter(({ name }) => name !== "runtime");
    assert.ok(workers.length > 0);
    for (const { inputs } of workers) assert.deepEqual(tokenVolumes(inputs.spec.template.spec), []);
    const read = readConfig({
      SKYLOOM_BUCKET: "file:///b",
      SKYLOOM_QUEUE: "sqlite:///q.db",
      ...containersOf(environment),
    });
    assert.equal(read.containers, "kubernetes");
    assert.deepEqual(
      read.nodePools.map(({ name, accelerator, gpus, maximum }) => [name, accelerator, gpus, maximum]),
      [
        ["general", undefined, 0, 3],
        ...developmentSettings(awsFixture).gpuPools.map((pool) => [
          pool.name,
          pool.accelerator,
          pool.count,
          pool.maximum,
        ]),
      ],
    );
  });

  it("see the whole cluster only where the stack says so", async () => {
    const { one } = await record({ egress: "none", seesCluster: true, queue: "tasks" });
    const { inputs: role } = one(`${RBAC}:ClusterRole`);
    assert.deepEqual(role.rules, [{ apiGroups: [""], resources: ["nodes", "pods"], verbs: ["list"] }]);
    assert.equal(one(`${RBAC}:ClusterRoleBinding`).inputs.roleRef.name, role.metadata.name);
  });

  it("reach what the stack lets them, never a node's credentials", async () => {
    const policyOf = async (egress: ContainersSettings["egress"]) => {
      const { all } = await record({ egress, seesCluster: false });
      return all("kubernetes:networking.k8s.io/v1:NetworkPolicy").find(
        ({ name }) => name === "container-tasks",
      )?.inputs.spec;
    };
    assert.equal(await policyOf("none"), undefined);
    const [internet, everywhere] = [await policyOf("internet"), await policyOf("all")];
    assert.deepEqual(internet.podSelector.matchLabels, containerPodLabels);
    const exceptions = (spec: typeof internet) => spec.egress[0].to[0].ipBlock.except;
    assert.deepEqual(exceptions(everywhere), ["169.254.0.0/16"]);
    assert.ok(["169.254.0.0/16", "10.0.0.0/8"].every((range) => exceptions(internet).includes(range)));
    const job = jobOf(
      {
        runId: "run",
        task: "task",
        attempt: 1,
        image: "a",
        environment: {},
        secrets: {},
        inputs: {},
        resources: {},
      },
      { namespace: "skyloom", owner: "owner", pools: [] },
    );
    const labels = job.spec?.template.metadata?.labels ?? {};
    assert.ok(Object.entries(containerPodLabels).every(([key, value]) => labels[key] === value));
  });
});

function containersOf(environment: Record<string, string>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(environment).filter(([name]) => /^SKYLOOM_(CONTAINER|NODE_POOLS)/.test(name)),
  );
}
