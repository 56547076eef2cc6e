import { type CheckFailure, validate } from "../check/validate.ts";
import { changes, type PropertyChange } from "../diff.ts";
import { checkName } from "../rules/names.ts";
import type { SchemaRepository } from "../schema/repository.ts";
import { resourceSchema } from "../schema/resource-schema.ts";
import { containsUnknown, isProperties, type Properties, textAt } from "../values.ts";
import { ApiError, immutableFields, mayComeFromOrder } from "./api-error.ts";
import { liveChanges, refusedChanges, rulesFor, withoutForeignFields, withoutIgnored } from "./comparison.ts";
import type { Context, Inputs, Target } from "./context.ts";
import { isMadeName, type ProposedName, withObjectName } from "./names.ts";
import { fieldManagerOf, idOf, kindOf, toObject, toOutputs, toPreview } from "./object-state.ts";
import type { Served } from "./objects.ts";
import { markLike, markSecretData } from "./secrets.ts";
import { assertObject } from "./supported-types.ts";

export interface Diff {
  changes: Map<string, PropertyChange>;
  deleteBeforeReplace: boolean;
}

/** What a program wants and what would come of it, found out without changing anything. */
export class Planner {
  readonly #schemas: SchemaRepository;
  readonly #context: Context;

  constructor(schemas: SchemaRepository, context: Context) {
    this.#schemas = schemas;
    this.#context = context;
  }

  /** Fills in the name and the namespace, and returns all that is wrong with the inputs. */
  async check(
    target: Target,
    olds: Properties,
    news: Inputs,
    naming: { seed: Uint8Array; proposed?: ProposedName },
  ): Promise<{ inputs: Properties; failures: CheckFailure[] }> {
    assertObject(target.type);
    const { apiVersion, kind } = kindOf(target.type);
    const given = { apiVersion, kind, ...news.plain };
    const named = withObjectName(target.urn, given, olds, naming.seed, naming.proposed);
    const inputs = await this.#withNamespace(named);
    const schema = resourceSchema(this.#schemas, target.type);
    const failures = [...validate(schema, inputs), ...checkName(target.type, inputs)];
    return { inputs: markSecretData(markLike(inputs, news.marked) as Properties), failures };
  }

  async #withNamespace(inputs: Properties): Promise<Properties> {
    const metadata = isProperties(inputs.metadata) ? inputs.metadata : {};
    if (metadata.namespace !== undefined) return inputs;
    const served = await this.#context.find(inputs);
    if (!served?.namespaced) return inputs;
    return { ...inputs, metadata: { ...metadata, namespace: this.#context.namespace } };
  }

  async diff(
    target: Target,
    id: string,
    olds: { inputs: Properties; outputs: Properties },
    news: Properties,
    ignored: readonly string[],
  ): Promise<Diff> {
    const rules = rulesFor(olds.inputs, news, this.#context.settings);
    const inputChanges = changes(olds.inputs, news, rules);
    const served = await this.#context.find(news);
    if (!served || containsUnknown(news) || !this.#isSame(id, news, served))
      return this.#judge(target, id, news, inputChanges, served);
    const reference = this.#context.reference(news, served);
    const live = await this.#context.objects.get(reference);
    if (!live)
      return {
        changes: new Map([["metadata.uid", { kind: "update", replaces: false }]]),
        deleteBeforeReplace: false,
      };
    const fieldManager = fieldManagerOf(target.urn, olds.outputs, news);
    try {
      const object = withoutForeignFields(toObject(news, reference), ignored, live, fieldManager);
      // Forced, though it may be a conflict: the engine asks for differences during a refresh as well, which must go on.
      // The update itself, and its preview, are not.
      const options = { fieldManager, force: true, dryRun: true };
      const { object: planned } = await this.#context.objects.apply(reference, object, options);
      const found = withoutIgnored(liveChanges(live, planned, rules), ignored);
      return this.#judge(target, id, news, found, served);
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      const fields = immutableFields(error);
      const found = fields ? refusedChanges(inputChanges, fields) : inputChanges;
      return this.#judge(target, id, news, found, served);
    }
  }

  #judge(
    target: Target,
    id: string,
    news: Properties,
    found: Map<string, PropertyChange>,
    served: Served | undefined,
  ): Diff {
    const replaces = [...found.values()].some((change) => change.replaces);
    const isMade = isMadeName(target.urn, textAt(news, "metadata.name") ?? "");
    const isSame = served !== undefined && this.#isSame(id, news, served);
    return { changes: found, deleteBeforeReplace: replaces && isSame && !isMade };
  }

  /** Whether the inputs still name the object of that id. */
  #isSame(id: string, news: Properties, served: Served): boolean {
    return idOf(this.#context.reference(news, served)) === idOf(this.#context.referenceOf(id, served));
  }

  /** The outputs that a create would have, as far as the server can tell now. */
  async previewCreate(target: Target, inputs: Inputs): Promise<Properties> {
    const { plain, marked } = inputs;
    const unplanned = () => toPreview(plain, plain, marked);
    const served = await this.#context.find(plain);
    if (!served || containsUnknown(plain)) return unplanned();
    const reference = this.#context.reference(plain, served);
    // What is there may be gone when its turn comes: the old one of a replacement.
    if (await this.#context.objects.get(reference)) return unplanned();
    try {
      const fieldManager = fieldManagerOf(target.urn, {}, plain);
      const planned = await this.#context.apply(reference, toObject(plain, reference), {
        fieldManager,
        dryRun: true,
      });
      this.#context.warn(target, planned.warnings);
      return toPreview(planned.object, plain, marked);
    } catch (error) {
      if (mayComeFromOrder(error)) return unplanned();
      throw error;
    }
  }

  async previewUpdate(
    target: Target,
    olds: { outputs: Properties },
    inputs: Inputs,
    ignored: readonly string[],
  ): Promise<Properties> {
    const { plain, marked } = inputs;
    const served = await this.#context.find(plain);
    if (!served || containsUnknown(plain)) return toPreview(plain, plain, marked);
    const reference = this.#context.reference(plain, served);
    const fieldManager = fieldManagerOf(target.urn, olds.outputs, plain);
    try {
      const live = await this.#context.objects.get(reference);
      const object = withoutForeignFields(toObject(plain, reference), ignored, live, fieldManager);
      const planned = await this.#context.apply(reference, object, { fieldManager, dryRun: true });
      this.#context.warn(target, planned.warnings);
      return toOutputs(planned.object, plain, marked, fieldManager);
    } catch (error) {
      if (mayComeFromOrder(error)) return toPreview(plain, plain, marked);
      throw error;
    }
  }
}
