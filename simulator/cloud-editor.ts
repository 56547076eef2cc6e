import { FaultInjector } from "./fault-injector.ts";
import { Faults } from "./faults.ts";
import { tagsOf } from "./outputs/create-outputs.ts";
import { Provider } from "./provider.ts";
import { ProviderError } from "./provider-error.ts";
import { clusterTypes } from "./rules/reachability.ts";
import type { PackageName } from "./schema/locate.ts";
import { packageOf, SchemaRepository } from "./schema/repository.ts";
import { createSession } from "./session.ts";
import { Store, type StoredResource } from "./store.ts";
import { isProperties, type Properties, textAt, type Value } from "./values.ts";

/** One resource of the simulated clouds, as an inventory lists it. */
export interface InventoryItem {
  provider: PackageName;
  type: string;
  id: string;
  /** The resource's name in its cloud. */
  name: string;
  region: string;
  tags: { [key: string]: string };
  /** RFC 3339. */
  createdAt: string;
  /** Absent for what no stack made. */
  urn?: string;
  /** Deleted, but kept by the cloud for ever at no cost (key rings). */
  kept?: true;
}

/** Changes the simulated clouds from outside of any stack, as people and controllers do: drift, leaks, full buckets. */
export class CloudEditor {
  readonly #store: Store;
  readonly #provider: Provider;

  constructor(stateFolder: string, schemas: SchemaRepository = new SchemaRepository()) {
    this.#store = new Store(stateFolder);
    const noFaults = new FaultInjector(new Faults(undefined, stateFolder));
    this.#provider = new Provider(schemas, this.#store, noFaults);
  }

  /** Everything that exists, ordered by type and id. Objects of a cluster are gone when it is. */
  list(): InventoryItem[] {
    const all = this.#store.list();
    const hasCluster = all.some(({ type }) => clusterTypes.includes(type));
    return all
      .filter(({ provider }) => provider !== "kubernetes" || hasCluster)
      .map(item)
      .sort((left, right) => `${left.type} ${left.id}`.localeCompare(`${right.type} ${right.id}`));
  }

  get(type: string, id: string): StoredResource | undefined {
    return this.#store.get(type, id);
  }

  /** Makes a resource that no stack knows, with the provider's configuration (`region`, `project`). */
  async add(
    type: string,
    name: string,
    inputs: Properties,
    config: Properties = {},
  ): Promise<StoredResource> {
    const provider = packageOf(type);
    if (!provider) throw new ProviderError("invalid", `unknown resource type '${type}'`);
    const target = {
      session: createSession(provider, config),
      type,
      urn: `urn:pulumi:none::none::${type}::${name}`,
    };
    const checked = this.#provider.check(target, {}, inputs);
    if (checked.failures.length > 0)
      throw new ProviderError(
        "invalid",
        checked.failures.map(({ property, reason }) => `${property}: ${reason}`).join("; "),
      );
    const { id } = await this.#provider.create(target, checked.inputs);
    const { urn: _, ...resource } = this.#existing(type, id);
    this.#store.replace(resource);
    return resource;
  }

  /** Sets a property (path like `tags.owner`) behind the stack's back; undefined removes it. */
  set(type: string, id: string, path: string, value: Value | undefined): void {
    const resource = this.#existing(type, id);
    const names = path.split(".");
    const inputs = withValue(resource.inputs, names, value);
    const outputs = withValue(resource.outputs, names, value);
    this.#store.replace({ ...resource, inputs, outputs, updatedAt: new Date().toISOString() });
  }

  /** Changes what the cloud reports and no stack sets, such as the version that it upgraded to by itself. */
  setOutput(type: string, id: string, path: string, value: Value | undefined): void {
    const resource = this.#existing(type, id);
    const outputs = withValue(resource.outputs, path.split("."), value);
    this.#store.replace({ ...resource, outputs, updatedAt: new Date().toISOString() });
  }

  /** Puts objects into a bucket or images into a registry: without them it is empty. */
  setObjects(type: string, id: string, objects: number): void {
    this.#store.replace({ ...this.#existing(type, id), objects });
  }

  /** Deletes a resource behind the stack's back, whatever holds on to it. */
  remove(type: string, id: string): void {
    this.#existing(type, id);
    this.#store.remove(type, id);
  }

  #existing(type: string, id: string): StoredResource {
    const resource = this.#store.get(type, id);
    if (!resource) throw new ProviderError("not-found", `no simulated ${type} '${id}'`);
    return resource;
  }
}

function item(resource: StoredResource): InventoryItem {
  const { inputs, outputs, provider, type, id, createdAt, urn, kept } = resource;
  const tags = Object.entries(tagsOf(inputs)).filter(
    (entry): entry is [string, string] => typeof entry[1] === "string",
  );
  return {
    provider,
    type,
    id,
    name: textAt(outputs, "name") ?? id.split(/[/:]/).at(-1) ?? id,
    region: textAt(outputs, "region") ?? textAt(outputs, "location") ?? "",
    tags: Object.fromEntries(tags),
    createdAt,
    ...(urn === undefined ? {} : { urn }),
    ...(kept ? { kept } : {}),
  };
}

function withValue(properties: Properties, names: readonly string[], value: Value | undefined): Properties {
  const [name = "", ...rest] = names;
  const result = { ...properties };
  const below = result[name];
  if (rest.length > 0) result[name] = withValue(isProperties(below) ? below : {}, rest, value);
  else if (value === undefined) delete result[name];
  else result[name] = value;
  return result;
}
