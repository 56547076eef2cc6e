import { join } from "node:path";
import type { Cloud, QueueSettings } from "../../cloud.ts";
import { createLocalBucket } from "./bucket.ts";
import { createLocalCluster } from "./cluster.ts";
import { findPreflightProblems } from "./preflight.ts";
import { createLocalQueue } from "./queue.ts";

export interface LocalCloudSettings {
  stack: string;
  projectFolder: string;
  stateFolder: string;
  /** The first of six ports in a row. */
  port: number;
  queue: QueueSettings;
}

/**
 * This machine as a cloud: a folder as bucket, an SQLite file as queue, processes as workloads.
 * @throws Error with every problem that a look beforehand finds: ports in use, a full disk.
 */
export async function createLocalCloud(settings: LocalCloudSettings): Promise<Cloud> {
  const { stack, port, projectFolder } = settings;
  const stackFolder = join(settings.stateFolder, "local", stack);
  const processesFolder = join(stackFolder, "processes");
  const problems = await findPreflightProblems({ stack, port, stackFolder, processesFolder });
  if (problems.length > 0)
    throw new Error(
      `stack ${stack} cannot be brought up; nothing was changed:\n${problems.map((one) => `  ${one}`).join("\n")}`,
    );

  return {
    bucket: createLocalBucket(join(stackFolder, "bucket")),
    queue: createLocalQueue(join(stackFolder, "queue", "queue.db"), settings.queue),
    cluster: createLocalCluster({ port, projectFolder, stackFolder, processesFolder }),
  };
}
