import { accessSync, constants, existsSync, mkdirSync, rmSync, statSync } from "node:fs";
import { pathToFileURL } from "node:url";
import { z } from "zod";
import { diskSpaceProblem, explainDiskError } from "../clouds/local/processes/disk-space.ts";
import { absolutePath, type ResourceHandler } from "./resource-handler.ts";

export interface BucketInputs {
  folder: string;
  keepData: boolean;
  url?: string | undefined;
}

/** skyloom:local:Bucket: a folder. What is in it when the resource is made stays in it. */
export const bucketHandler: ResourceHandler<BucketInputs> = {
  schema: z.strictObject({ folder: absolutePath, keepData: z.boolean(), url: z.string().optional() }),
  replaceOnChanges: ["folder"],
  derive: ({ folder }) => ({ url: pathToFileURL(folder).href }),
  async findProblems({ folder }) {
    if (!existsSync(folder)) return [];
    if (!statSync(folder).isDirectory()) return [{ path: "folder", message: `${folder} is no folder` }];
    try {
      accessSync(folder, constants.R_OK | constants.W_OK | constants.X_OK);
      return [];
    } catch {
      return [{ path: "folder", message: `${folder} cannot be read and written by this user` }];
    }
  },
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
  async delete({ folder, keepData }) {
    if (!keepData) rmSync(folder, { recursive: true, force: true });
  },
};
