import { createHash, randomUUID } from "node:crypto";
import {
  existsSync,
  linkSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  unlinkSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import type { PackageName } from "./schema/locate.ts";
import type { Properties } from "./values.ts";

/** One resource of the simulated clouds. */
export interface StoredResource {
  provider: PackageName;
  /** Pulumi's type token, e.g. `aws:s3/bucket:Bucket`. */
  type: string;
  /** The provider's id, unique for its type. */
  id: string;
  /** Name of the Pulumi resource that made it; absent for what no stack manages. */
  urn?: string;
  inputs: Properties;
  outputs: Properties;
  /** RFC 3339. */
  createdAt: string;
  updatedAt: string;
  /** Number of objects that a bucket, container or repository holds (set it to test deletion of full ones). */
  objects?: number;
  /** Deleted by its stack, but kept by the cloud (key rings for ever, keys and vaults for a while): invisible, and its name is taken. */
  kept?: true;
  /** When the cloud forgets what it keeps (RFC 3339); absent: never. */
  keptUntil?: string;
}

/**
 * The simulated clouds' resources: one JSON file each, written under another name first, so that a reader never sees
 * half a file and two simulators may share a folder. Nothing is kept in memory: an edit from outside shows at once.
 */
export class Store {
  readonly #folder: string;

  constructor(stateFolder: string) {
    this.#folder = join(stateFolder, "resources");
    mkdirSync(this.#folder, { recursive: true });
  }

  #file(type: string, id: string): string {
    const hash = createHash("sha256").update(`${type}\n${id}`).digest("hex").slice(0, 24);
    return join(this.#folder, `${type.replace(/[^A-Za-z0-9]+/g, "_")}-${hash}.json`);
  }

  get(type: string, id: string): StoredResource | undefined {
    return readResource(this.#file(type, id));
  }

  /** All resources, in no particular order; with a type, only those of this type. */
  list(type?: string): StoredResource[] {
    const prefix = type === undefined ? "" : `${type.replace(/[^A-Za-z0-9]+/g, "_")}-`;
    return readdirSync(this.#folder)
      .filter((name) => name.endsWith(".json") && !name.startsWith(".") && name.startsWith(prefix))
      .map((name) => readResource(join(this.#folder, name)))
      .filter(
        (resource) => resource !== undefined && (type === undefined || resource.type === type),
      ) as StoredResource[];
  }

  /** Adds a resource; false when one of this type and id is there already. */
  add(resource: StoredResource): boolean {
    const file = this.#file(resource.type, resource.id);
    const temporary = this.#write(resource);
    try {
      linkSync(temporary, file); // fails when the file exists, even for two writers at once
      return true;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === "EEXIST") return false;
      throw error;
    } finally {
      unlinkSync(temporary);
    }
  }

  replace(resource: StoredResource): void {
    renameSync(this.#write(resource), this.#file(resource.type, resource.id));
  }

  remove(type: string, id: string): boolean {
    const file = this.#file(type, id);
    if (!existsSync(file)) return false;
    rmSync(file, { force: true });
    return true;
  }

  /** The value that `quotas.json` in the state folder gives a quota, e.g. `{"aws/L-417A185B": 0}`. */
  quota(key: string): number | undefined {
    try {
      const quotas = JSON.parse(readFileSync(join(this.#folder, "../quotas.json"), "utf8")) as Properties;
      const value = quotas[key];
      return typeof value === "number" ? value : undefined;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
      throw error;
    }
  }

  #write(resource: StoredResource): string {
    const temporary = join(this.#folder, `.${randomUUID()}`);
    writeFileSync(temporary, `${JSON.stringify(resource, undefined, 2)}\n`);
    return temporary;
  }
}

function readResource(file: string): StoredResource | undefined {
  try {
    return JSON.parse(readFileSync(file, "utf8")) as StoredResource;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
    throw new Error(`simulated resource ${file}: ${(error as Error).message}`);
  }
}
