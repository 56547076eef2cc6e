import { join } from "node:path";
import type { Cloud } from "../../cloud.ts";
import type { CloudSettings } from "../../cloud-settings.ts";
import { createLocalBucket } from "./bucket.ts";
import { capabilities, noGpuPools } from "./capabilities.ts";
import { createLocalCluster } from "./cluster.ts";
import { findPreflightProblems } from "./preflight.ts";
import { createLocalQueue } from "./queue.ts";
import { createLocalSecrets } from "./secrets.ts";

/** The settings that this machine takes; it has no region, image or budget. */
export type LocalCloudSettings = Pick<
  CloudSettings,
  "stack" | "projectFolder" | "stateFolder" | "port" | "queue" | "gpuPools"
>;

/**
 * This machine as a cloud: a folder as bucket, an SQLite file as queue, a folder of files as secrets, processes as
 * workloads.
 * @throws Error with every problem that a look beforehand finds: ports in use, a full disk.
 */
export async function createLocalCloud(settings: LocalCloudSettings): Promise<Cloud> {
  const { stack, port, projectFolder } = settings;
  const stackFolder = join(settings.stateFolder, "local", stack);
  const processesFolder = join(stackFolder, "processes");
  const problems = [
    ...(settings.gpuPools.length > 0 ? [`skyloom:gpuPools: must be empty here: ${noGpuPools}`] : []),
    ...(await findPreflightProblems({ stack, port, stackFolder, processesFolder })),
  ];
  if (problems.length > 0)
    throw new Error(
      `stack ${stack} cannot be brought up; nothing was changed:\n${problems.map((one) => `  ${one}`).join("\n")}`,
    );

  return {
    capabilities,
    registry: undefined,
    parts: undefined,
    bucket: createLocalBucket(join(stackFolder, "bucket")),
    queue: createLocalQueue(join(stackFolder, "queue", "queue.db"), settings.queue),
    secrets: createLocalSecrets(join(stackFolder, "secrets")),
    cluster: createLocalCluster({ port, projectFolder, stackFolder, processesFolder }),
  };
}
