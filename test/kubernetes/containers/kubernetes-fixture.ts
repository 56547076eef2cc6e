import { randomBytes } from "node:crypto";
import { BatchV1Api, CoreV1Api, Log } from "@kubernetes/client-node";
import { ownerLabel } from "../../../runtime/containers/attempt-name.ts";
import type { JobSettings } from "../../../runtime/containers/kubernetes/job.ts";
import {
  createKubernetesRunner,
  type KubernetesRunnerOptions,
} from "../../../runtime/containers/kubernetes/kubernetes-runner.ts";
import type { ContainerCapabilities, ContainerFixture } from "../../contracts/containers.ts";
import { supported } from "../../contracts/contract.ts";
import { Cluster } from "../cluster.ts";

export const capabilities: ContainerCapabilities = {
  outlivesRuntime: supported,
  usesImage: supported,
  measuresMemory: { supported: false, reason: "the cluster's API tells no container's use after its end" },
  maximumFileBytes: 4095,
};

const restricted = { "pod-security.kubernetes.io/enforce": "restricted" };

/** A namespace under the restricted profile that Jobs of the tests share; each fixture has an owner of its own. */
export class ContainerNamespace {
  readonly cluster = new Cluster();
  readonly name = `containers-${randomBytes(4).toString("hex")}`;

  async make(): Promise<void> {
    await this.cluster.makeNamespace(this.name, restricted);
  }

  async remove(): Promise<void> {
    await this.cluster.deleteNamespace(this.name);
  }

  async fixture(image: string, settings: Partial<JobSettings> = {}): Promise<ContainerFixture> {
    const { config } = this.cluster;
    const batch = config.makeApiClient(BatchV1Api);
    const core = config.makeApiClient(CoreV1Api);
    const namespace = this.name;
    const owner = randomBytes(8).toString("hex");
    const options: KubernetesRunnerOptions = {
      batch,
      core,
      logs: new Log(config),
      namespace,
      owner,
      pools: [],
      intervalMilliseconds: 200,
      ...settings,
    };
    const runner = createKubernetesRunner(options);
    const labelSelector = `${ownerLabel}=${owner}`;
    return {
      runner,
      image,
      missingImage: `${image.split("@")[0]}-not-there`,
      capabilities,
      async count() {
        const jobs = await batch.listNamespacedJob({ namespace, labelSelector });
        const pods = await core.listNamespacedPod({ namespace, labelSelector });
        // A Job that is gone may leave a pod for a moment.
        return Math.max(jobs.items.length, pods.items.length);
      },
      async dispose({ keep }) {
        if (!keep) await runner.removeLeftovers(async () => true);
        await runner.close();
      },
    };
  }
}
