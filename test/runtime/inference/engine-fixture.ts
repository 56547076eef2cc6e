import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { createInference, type InferenceOptions } from "../../../runtime/inference/engine.ts";
import type { Inference } from "../../../runtime/inference/inference.ts";
import type { ObjectStore } from "../../../runtime/object-store/object-store.ts";
import { row, temporaryStore } from "./models.ts";

/** Engines on a repository of their own for each test of a describe block; they are closed after it. */
export function useEngines() {
  const started: Inference[] = [];
  let repository: { store: ObjectStore; folder: string; remove: () => Promise<void> };
  beforeEach(async () => {
    repository = await temporaryStore();
  });
  afterEach(async () => {
    await Promise.all(started.splice(0).map((inference) => inference.close()));
    await repository.remove();
  });
  return {
    get store(): ObjectStore {
      return repository.store;
    },
    get folder(): string {
      return repository.folder;
    },
    /** Its own look at the pointers is off: tests ask by ready(). */
    start(options: Partial<InferenceOptions> = {}): Inference {
      const { store } = repository;
      const inference = createInference({ store, workers: 1, pointerCheckSeconds: 3600, ...options });
      started.push(inference);
      return inference;
    },
    async breakFile(path: string, change: (content: Buffer) => Uint8Array): Promise<void> {
      const file = join(repository.folder, path);
      await writeFile(file, change(await readFile(file)));
    },
  };
}

export async function answerOf(inference: Inference, name: string, version?: string): Promise<unknown> {
  const { outputs } = await inference.infer(name, version, row(1, 1));
  return outputs[0]?.data[0];
}

/** Requests for a loaded model go to the pool without a turn of the event loop, so no answer can come meanwhile. */
export const reachedPool = () => new Promise<void>((resolve) => process.nextTick(resolve));
