import { rmSync } from "node:fs";
import { mkdtemp } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type InstalledModel, installModels } from "../../../examples/automatic-operations/install.ts";
import { defaultSettings } from "../../../examples/automatic-operations/settings.ts";
import { createLocalObjectStore } from "../../../runtime/object-store/local.ts";

export interface TrainedBucket {
  folder: string;
  models: InstalledModel[];
  progress: string[];
}

let trained: Promise<TrainedBucket> | undefined;

/** A bucket with the models of the published settings; trained once for all suites of a mocha process. */
export function trainedBucket(): Promise<TrainedBucket> {
  trained ??= train();
  return trained;
}

async function train(): Promise<TrainedBucket> {
  const folder = await mkdtemp(join(tmpdir(), "skyloom-test-models-"));
  process.once("exit", () => rmSync(folder, { recursive: true, force: true }));
  const progress: string[] = [];
  const models = await installModels(createLocalObjectStore({ folder }), defaultSettings, (text) => {
    progress.push(text);
  });
  return { folder, models, progress };
}
