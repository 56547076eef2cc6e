import { chmodSync, existsSync, statSync } from "node:fs";
import { type BucketInputs, bucketHandler } from "./bucket.ts";
import type { ResourceHandler } from "./resource-handler.ts";

/** Nobody but the user whose secrets they are. */
const CLOSED = 0o700;

/** skyloom:local:SecretFolder: as a bucket, and closed to other users, whatever somebody did to it meanwhile. */
export const secretFolderHandler: ResourceHandler<BucketInputs> = {
  ...bucketHandler,
  async create(inputs, context) {
    const outputs = await bucketHandler.create(inputs, context);
    chmodSync(inputs.folder, CLOSED);
    return { ...outputs, mode: modeOf(inputs.folder) };
  },
  read: async ({ folder }) => (existsSync(folder) ? { mode: modeOf(folder) } : undefined),
  needsUpdate: ({ mode }) => mode !== octal(CLOSED),
  async update(_olds, { folder }) {
    chmodSync(folder, CLOSED);
    return { mode: modeOf(folder) };
  },
};

function modeOf(folder: string): string {
  return octal(statSync(folder).mode & 0o777);
}

const octal = (mode: number) => mode.toString(8).padStart(4, "0");
