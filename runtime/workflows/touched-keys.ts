import type { Readable } from "node:stream";
import type { ListOptions, ObjectStore, PutConditions } from "../object-store/object-store.ts";
import { taskResultsPrefix } from "./task-results.ts";

/** Keys of the bucket that a task read and wrote. */
export interface TouchedKeys {
  read: string[];
  written: string[];
}

/** Of each kind: a task that reads a whole data set tells its first files. */
const maximumKeys = 20;

/** The store, which remembers what is read and written through it; results that are cached are no matter of the task. */
export class RememberingStore implements ObjectStore {
  readonly #store: ObjectStore;
  readonly #read: string[] = [];
  readonly #written: string[] = [];

  constructor(store: ObjectStore) {
    this.#store = store;
  }

  /** Undefined where nothing was. */
  touched(): TouchedKeys | undefined {
    if (this.#read.length + this.#written.length === 0) return undefined;
    return { read: [...this.#read], written: [...this.#written] };
  }

  async get(key: string) {
    const object = await this.#store.get(key);
    if (object !== undefined) remember(this.#read, key);
    return object;
  }

  async getStream(key: string) {
    const object = await this.#store.getStream(key);
    if (object !== undefined) remember(this.#read, key);
    return object;
  }

  async put(key: string, body: Uint8Array | string | Readable, conditions?: PutConditions) {
    const object = await this.#store.put(key, body, conditions);
    remember(this.#written, key);
    return object;
  }

  head(key: string) {
    return this.#store.head(key);
  }

  delete(key: string) {
    return this.#store.delete(key);
  }

  list(options?: ListOptions) {
    return this.#store.list(options);
  }
}

function remember(keys: string[], key: string): void {
  if (keys.length < maximumKeys && !key.startsWith(taskResultsPrefix) && !keys.includes(key)) keys.push(key);
}
