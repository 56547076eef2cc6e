import { invalidInput, notFound } from "../../errors.ts";
import { listAll } from "../../object-store/list-all.ts";
import type { ObjectStore } from "../../object-store/object-store.ts";
import { filesProblems } from "../workflow-files.ts";
import { type Catalogue, parseCatalogue } from "./catalogue.ts";

/** A catalogue as it was put. */
export interface StoredCatalogue {
  name: string;
  /** RFC 3339. */
  updatedAt: string;
  /** The file. */
  specification: string;
  /** What its scripts need, path to text. */
  files: Record<string, string>;
}

/** Catalogues in the bucket, `catalogues/NAME.json`; the last one put is the one there is. */
export interface CatalogueRepository {
  /** @throws ApiError `invalid-catalogue` (400) with every problem */
  put(name: string, specification: string, files?: Record<string, string>): Promise<StoredCatalogue>;
  /** @throws ApiError `catalogue-not-found` (404) */
  get(name: string): Promise<StoredCatalogue & { catalogue: Catalogue }>;
  list(): Promise<string[]>;
}

const prefix = "catalogues/";

export function createCatalogueRepository(
  store: ObjectStore,
  now: () => Date = () => new Date(),
): CatalogueRepository {
  const keyOf = (name: string) => `${prefix}${name}.json`;
  return {
    async put(name, specification, files = {}) {
      parseCatalogue(specification);
      const problems = filesProblems(files);
      if (problems.length > 0) throw invalidInput("invalid-catalogue", problems, "catalogue");
      const stored = { name, updatedAt: now().toISOString(), specification, files };
      await store.put(keyOf(name), JSON.stringify(stored));
      return stored;
    },
    async get(name) {
      const object = await store.get(keyOf(name));
      if (object === undefined)
        throw notFound(
          "catalogue-not-found",
          `there is no catalogue "${name}"; GET /v1/catalogue lists those there are`,
        );
      const stored = JSON.parse(Buffer.from(object.body).toString("utf8")) as StoredCatalogue;
      return { ...stored, catalogue: parseCatalogue(stored.specification) };
    },
    async list() {
      return await Array.fromAsync(listAll(store, prefix), ({ key }) =>
        key.slice(prefix.length, -".json".length),
      );
    },
  };
}
