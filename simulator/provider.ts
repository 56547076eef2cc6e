import { type CheckFailure, validate } from "./check/validate.ts";
import { withDefaults } from "./defaults.ts";
import { changes, type PropertyChange } from "./diff.ts";
import type { FaultInjector } from "./fault-injector.ts";
import { runInvoke } from "./invokes/run-invoke.ts";
import { isAutomatic, withName } from "./naming.ts";
import { computedOutputs, createOutputs } from "./outputs/create-outputs.ts";
import {
  isKubernetesObject,
  isNamespaced,
  kubernetesId,
  kubernetesOutputs,
  namespaceOf,
} from "./outputs/kubernetes.ts";
import { type Olds, updatedOutputs } from "./outputs/updated-outputs.ts";
import { InitializationError, ProviderError } from "./provider-error.ts";
import { findRules } from "./replacement/find-rules.ts";
import { assertAccepted, assertCreatable, assertParent, conflict } from "./rules/creation.ts";
import { afterDeletion, assertDeletable } from "./rules/deletion.ts";
import { checkKind } from "./rules/kinds.ts";
import { checkName, checkTags } from "./rules/names.ts";
import { checkRanges } from "./rules/ranges.ts";
import { assertReachable, isGoneWithCluster } from "./rules/reachability.ts";
import type { TypeSchema } from "./schema/model.ts";
import type { SchemaRepository } from "./schema/repository.ts";
import { resourceSchema } from "./schema/resource-schema.ts";
import { nameOf, type ResourceContext, Seed, type Session } from "./session.ts";
import { findShape } from "./shapes/find-shape.ts";
import { fill, isGenerated } from "./shapes/shape.ts";
import type { Store, StoredResource } from "./store.ts";
import { containsUnknown, isProperties, type Properties, textAt, UNKNOWN } from "./values.ts";

/** The resource that a call is about. */
export interface Target {
  session: Session;
  urn: string;
  type: string;
}

export interface Diff {
  changes: Map<string, PropertyChange>;
  deleteBeforeReplace: boolean;
}

/** What the simulated providers do with resources; knows nothing of gRPC. */
export class Provider {
  readonly #schemas: SchemaRepository;
  readonly #store: Store;
  readonly #faults: FaultInjector;
  readonly #resourceManager: string | undefined;

  constructor(schemas: SchemaRepository, store: Store, faults: FaultInjector, resourceManager?: string) {
    this.#resourceManager = resourceManager;
    this.#schemas = schemas;
    this.#store = store;
    this.#faults = faults;
  }

  /** Fills in names and defaults, and returns all that is wrong with the inputs. */
  check(
    target: Target,
    olds: Properties,
    news: Properties,
  ): { inputs: Properties; failures: CheckFailure[] } {
    const schema = resourceSchema(this.#schemas, target.type);
    const property = this.#nameProperty(schema);
    const named = withName(schema, news, olds, {
      urn: target.urn,
      type: target.type,
      name: nameOf(target.urn),
      property,
      isTaken: (name) => this.#isTaken(target, schema, { ...news, [property]: name }),
    });
    const inputs = withDefaults(schema, named, target.session, this.#store);
    const failures = [
      ...validate(schema, inputs),
      ...checkName(target.type, inputs),
      ...checkTags(target.type, inputs),
      ...checkRanges(target.type, inputs),
      ...checkKind(target.type, inputs),
    ];
    return { inputs, failures };
  }

  diff(target: Target, oldInputs: Properties, news: Properties): Diff {
    const schema = resourceSchema(this.#schemas, target.type);
    const rules = findRules(schema, news, target.session);
    const found = changes(oldInputs, news, rules);
    const replaces = [...found.values()].some((change) => change.replaces);
    return {
      changes: found,
      deleteBeforeReplace: replaces && this.#keepsName(target, schema, oldInputs, news),
    };
  }

  /** Whether old and new would have the same id: then the old one must go first. */
  #keepsName(target: Target, schema: TypeSchema, olds: Properties, news: Properties): boolean {
    if (isKubernetesObject(target.type)) {
      const name = textAt(news, "metadata.name") ?? "";
      return kubernetesId(olds) === kubernetesId(news) && !isAutomatic(target.type, nameOf(target.urn), name);
    }
    const shape = findShape(schema);
    if (isGenerated(shape.id)) {
      const name = textAt(news, this.#nameProperty(schema));
      if (name === undefined || !schema.inputs.name) return false;
      return name === textAt(olds, "name") && !isAutomatic(target.type, nameOf(target.urn), name);
    }
    const automatic = textAt(news, this.#nameProperty(schema)) ?? "";
    if (isAutomatic(target.type, nameOf(target.urn), automatic)) return false;
    const ids = [olds, news].map((inputs) => fill(shape.id, this.#context(target, inputs)));
    return ids[0] === ids[1];
  }

  /** The outputs of a resource that a preview would create: what is computed is unknown. */
  previewCreate(target: Target, inputs: Properties): Properties {
    const schema = resourceSchema(this.#schemas, target.type);
    const result = isKubernetesObject(target.type) ? withNamespace(inputs) : { ...inputs };
    for (const name of computedOutputs(schema, inputs)) result[name] = UNKNOWN;
    return result;
  }

  async create(target: Target, inputs: Properties): Promise<{ id: string; outputs: Properties }> {
    const schema = resourceSchema(this.#schemas, target.type);
    const fault = await this.#faults.strike(target, "create", this.#context(target, inputs));
    if (fault && !fault.leavesResource) throw new ProviderError(fault.kind, fault.message);
    assertReachable(this.#store, target.session);
    assertCreatable(this.#store, target, inputs);
    const resource = this.#newResource(target, schema, inputs);
    if (resource.provider === "azure-native") assertParent(this.#store, resource.id);
    if (!this.#store.add(resource)) throw conflict(target.type, resource.id);
    if (fault)
      throw new InitializationError(fault.message, { id: resource.id, properties: resource.outputs, inputs });
    return { id: resource.id, outputs: resource.outputs };
  }

  #newResource(target: Target, schema: TypeSchema, inputs: Properties): StoredResource {
    const now = new Date().toISOString();
    for (let round = 0; ; round++) {
      const context = this.#context(target, inputs, round);
      const { id, generated } = identify(schema, context);
      if (generated && this.#store.get(target.type, id)) continue; // a replacement beside the old one
      const outputs = this.#outputs(schema, context, id);
      return {
        provider: target.session.provider,
        type: target.type,
        id,
        urn: target.urn,
        inputs,
        outputs,
        createdAt: now,
        updatedAt: now,
      };
    }
  }

  #outputs(schema: TypeSchema, context: ResourceContext, id: string, generation = 1): Properties {
    if (isKubernetesObject(context.type)) return kubernetesOutputs(context, generation);
    return createOutputs(schema, findShape(schema), context, id);
  }

  /** The outputs of an update that a preview would do. */
  previewUpdate(target: Target, id: string, olds: Olds, news: Properties): Properties {
    const schema = resourceSchema(this.#schemas, target.type);
    const fresh = containsUnknown(news)
      ? this.previewCreate(target, news)
      : this.#outputs(schema, this.#context(target, news), id);
    return updatedOutputs(target.type, olds, news, fresh, { preview: true });
  }

  async update(target: Target, id: string, oldInputs: Properties, news: Properties): Promise<Properties> {
    const schema = resourceSchema(this.#schemas, target.type);
    const context = this.#context(target, news);
    const fault = await this.#faults.strike(target, "update", context);
    if (fault) throw new ProviderError(fault.kind, fault.message);
    assertReachable(this.#store, target.session);
    const resource = this.#store.get(target.type, id);
    if (!resource)
      throw new ProviderError("not-found", await this.#faults.message("not-found", target, "update"));
    assertAccepted(target.type, oldInputs, news);
    const generation = Number(textAt(resource.outputs, "metadata.resourceVersion") ?? 1000) - 999;
    const fresh = this.#outputs(schema, context, id, generation);
    const outputs = updatedOutputs(target.type, resource, news, fresh, { preview: false });
    this.#store.replace({ ...resource, inputs: news, outputs, updatedAt: new Date().toISOString() });
    return outputs;
  }

  /** The resource as it is now; undefined when it is gone. For an import the old inputs are empty. */
  async read(target: Target, id: string): Promise<StoredResource | undefined> {
    const context = this.#context(target, {});
    const fault = await this.#faults.strike(target, "read", context);
    if (fault?.kind === "not-found") return undefined;
    if (fault) throw new ProviderError(fault.kind, fault.message);
    if (isGoneWithCluster(this.#store, target.session)) return undefined;
    assertReachable(this.#store, target.session);
    resourceSchema(this.#schemas, target.type); // an unknown type is an error, not a missing resource
    const resource = this.#store.get(target.type, id);
    return resource?.kept === true ? undefined : resource;
  }

  async delete(target: Target, id: string): Promise<void> {
    const resource = this.#store.get(target.type, id);
    const fault = await this.#faults.strike(target, "delete", this.#context(target, resource?.inputs ?? {}));
    if (fault) throw new ProviderError(fault.kind, fault.message);
    if (isGoneWithCluster(this.#store, target.session)) {
      this.#store.remove(target.type, id);
      return;
    }
    assertReachable(this.#store, target.session);
    if (!resource) return; // gone already: the providers take that as success
    assertDeletable(this.#store, resource);
    this.#forget(resource);
    if (!holdsOthers(resource)) return;
    for (const inside of this.#store.list())
      if (isInside(inside, resource) && inside.kept !== true) this.#forget(inside);
  }

  #forget(resource: StoredResource): void {
    const kept = afterDeletion(resource, new Date());
    if (kept) this.#store.replace(kept);
    else this.#store.remove(resource.type, resource.id);
  }

  async invoke(session: Session, token: string, inputs: Properties): Promise<ReturnType<typeof runInvoke>> {
    const target = { session, urn: `::${token}`, type: token };
    const fault = await this.#faults.strike(target, "invoke", this.#context(target, inputs));
    if (fault) throw new ProviderError(fault.kind, fault.message);
    return runInvoke(token, inputs, session, this.#store, this.#schemas.find(token), this.#resourceManager);
  }

  #nameProperty(schema: TypeSchema): string {
    return findShape(schema).name ?? "name";
  }

  #isTaken(target: Target, schema: TypeSchema, inputs: Properties): boolean {
    if (isKubernetesObject(target.type)) {
      const metadata = { ...(inputs.metadata as Properties | undefined), name: inputs.name ?? "" };
      return this.#store.get(target.type, kubernetesId({ ...inputs, metadata })) !== undefined;
    }
    const { id, generated } = identify(schema, this.#context(target, inputs));
    if (!generated) return this.#store.get(target.type, id) !== undefined;
    const property = this.#nameProperty(schema);
    return this.#store.list(target.type).some((other) => other.inputs[property] === inputs[property]);
  }

  #context(target: Target, inputs: Properties, round = 0): ResourceContext {
    const { session, urn, type } = target;
    const seed = new Seed(round === 0 ? urn : `${urn} ${round}`);
    return { session, type, name: nameOf(urn), inputs, seed };
  }
}

function withNamespace(inputs: Properties): Properties {
  const metadata = inputs.metadata;
  if (!isProperties(metadata) || !isNamespaced(textAt(inputs, "kind") ?? "")) return { ...inputs };
  return { ...inputs, metadata: { ...metadata, namespace: namespaceOf(inputs) } };
}

function identify(schema: TypeSchema, context: ResourceContext): { id: string; generated: boolean } {
  if (isKubernetesObject(context.type)) return { id: kubernetesId(context.inputs), generated: false };
  const template = findShape(schema).id;
  return { id: fill(template, context), generated: isGenerated(template) };
}

const NAMESPACE = "kubernetes:core/v1:Namespace";

/** Deleting a group, a cluster or a namespace deletes what is in it (Azure by path, Kubernetes by namespace). */
function holdsOthers({ provider, type }: StoredResource): boolean {
  return provider === "azure-native" || type === "gcp:container/cluster:Cluster" || type === NAMESPACE;
}

function isInside(inside: StoredResource, outside: StoredResource): boolean {
  return inside.provider === outside.provider && inside.id.startsWith(`${outside.id}/`);
}
