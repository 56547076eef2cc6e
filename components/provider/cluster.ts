import { existsSync, mkdirSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { z } from "zod";
import { errorMessage } from "../../runtime/errors.ts";
import { diskSpaceProblem, explainDiskError } from "../clouds/local/processes/disk-space.ts";
import { createProcessTable } from "../clouds/local/processes/process-table.ts";
import { stopProcess } from "../clouds/local/processes/stop-process.ts";
import { absolutePath, type ResourceHandler } from "./resource-handler.ts";

export interface ClusterInputs {
  /** Holds one state folder for each process. */
  folder: string;
}

/**
 * skyloom:local:Cluster: the folder that the processes of a stack live in. Its removal stops what is left in it:
 * an update that was killed can leave a process that the engine has not heard of.
 */
export const clusterHandler: ResourceHandler<ClusterInputs> = {
  schema: z.strictObject({ folder: absolutePath }),
  replaceOnChanges: ["folder"],
  async create({ folder }) {
    const problem = diskSpaceProblem(folder);
    if (problem !== undefined) throw new Error(problem);
    try {
      mkdirSync(folder, { recursive: true, mode: 0o700 });
    } catch (error) {
      throw explainDiskError(error, folder);
    }
    return {};
  },
  read: async ({ folder }) => (existsSync(folder) ? {} : undefined),
  update: async () => ({}),
  async delete({ folder }) {
    if (!existsSync(folder)) return;
    const table = createProcessTable();
    const failures: string[] = [];
    for (const name of readdirSync(folder))
      await stopProcess(join(folder, name), table).catch((error) =>
        failures.push(`${name} ${errorMessage(error)}`),
      );
    if (failures.length > 0) throw new Error(failures.join("; "));
  },
};
