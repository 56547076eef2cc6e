import type { ObjectStore } from "../object-store/object-store.ts";
import { taskResultsPrefix } from "./task-results.ts";

/** Keys of the bucket that a task read and wrote. */
export interface TouchedKeys {
  read: string[];
  written: string[];
}

/** Of each kind: a task that reads a whole data set tells its first files. */
const maximumKeys = 20;

/** The store, which remembers what is read and written through it; results that are cached are no matter of the task. */
export function rememberKeys(store: ObjectStore): { store: ObjectStore; touched(): TouchedKeys | undefined } {
  const read = new Set<string>();
  const written = new Set<string>();
  const remember = (keys: Set<string>, key: string) => {
    if (keys.size < maximumKeys && !key.startsWith(taskResultsPrefix)) keys.add(key);
  };
  return {
    store: {
      head: (key) => store.head(key),
      delete: (key) => store.delete(key),
      list: (options) => store.list(options),
      async get(key) {
        const object = await store.get(key);
        if (object !== undefined) remember(read, key);
        return object;
      },
      async getStream(key) {
        const object = await store.getStream(key);
        if (object !== undefined) remember(read, key);
        return object;
      },
      async put(key, body, conditions) {
        const object = await store.put(key, body, conditions);
        remember(written, key);
        return object;
      },
    },
    touched: () => (read.size + written.size === 0 ? undefined : { read: [...read], written: [...written] }),
  };
}
