import { existsSync, readdirSync, rmSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { pathToFileURL } from "node:url";
import { z } from "zod";
import { configureLocalQueue, readLocalQueueSettings } from "../../runtime/queue/local-settings.ts";
import { diskSpaceProblem } from "../clouds/local/processes/disk-space.ts";
import { absolutePath, type ResourceHandler } from "./resource-handler.ts";

export interface QueueInputs {
  file: string;
  /** After this many deliveries without a delete a message goes to dead-letter. */
  maximumDeliveries: number;
  /** How long a received message is hidden where the receiver does not say. */
  visibilitySeconds: number;
  keepData: boolean;
  url?: string | undefined;
}

/** skyloom:local:Queue: an SQLite file with the messages and the settings of the queue. */
export const queueHandler: ResourceHandler<QueueInputs> = {
  schema: z.strictObject({
    file: absolutePath,
    maximumDeliveries: z.int().min(1).max(1000),
    visibilitySeconds: z.number().min(1).max(43_200),
    keepData: z.boolean(),
    url: z.string().optional(),
  }),
  replaceOnChanges: ["file"],
  derive: ({ file }) => ({ url: pathToFileURL(file).href.replace(/^file:/, "sqlite:") }),
  async create(inputs) {
    const problem = diskSpaceProblem(dirname(inputs.file));
    if (problem !== undefined) throw new Error(problem);
    configure(inputs);
    return { configured: true };
  },
  async read({ file, maximumDeliveries, visibilitySeconds }) {
    if (!existsSync(file)) return undefined;
    const settings = readLocalQueueSettings(file);
    return {
      configured:
        settings.maximumDeliveries === maximumDeliveries && settings.visibilitySeconds === visibilitySeconds,
    };
  },
  needsUpdate: ({ configured }) => configured !== true,
  async update(_olds, news) {
    configure(news);
    return { configured: true };
  },
  async delete({ file, keepData }) {
    if (keepData || !existsSync(dirname(file))) return;
    // SQLite keeps its write-ahead log beside the file, under the same name with an ending.
    for (const name of readdirSync(dirname(file)))
      if (name === basename(file) || name.startsWith(`${basename(file)}-`))
        rmSync(join(dirname(file), name), { force: true });
  },
};

function configure({ file, maximumDeliveries, visibilitySeconds }: QueueInputs): void {
  configureLocalQueue(file, { maximumDeliveries, visibilitySeconds });
}
