import { InitializationError, ProviderError } from "../provider-error.ts";
import { type Properties, textAt } from "../values.ts";
import { type Adoption, adoptionOf, isTakenOver, relinquish } from "./adoption.ts";
import { driftedInputs, managersOf, withoutForeignFields } from "./comparison.ts";
import type { Context, Inputs, Target } from "./context.ts";
import { deleteObject, waitUntilGone } from "./deletion.ts";
import { fieldManagerOf, idOf, kindOf, toObject, toOutputs, withoutServerFields } from "./object-state.ts";
import type { Reference } from "./objects.ts";
import { findReadiness } from "./readiness/find-readiness.ts";
import { type Patience, UnreadyError, waitUntilReady } from "./readiness/wait.ts";
import { markLike, markSecretData } from "./secrets.ts";
import { serveSoon } from "./serve-soon.ts";

export interface State {
  id: string;
  outputs: Properties;
}

/** Reads and changes objects of the cluster. */
export class Changer {
  readonly #context: Context;

  constructor(context: Context) {
    this.#context = context;
  }

  async create(target: Target, inputs: Inputs): Promise<State> {
    const { plain } = inputs;
    const patience = this.#context.patience(target);
    const served = await serveSoon(this.#context.objects, plain, patience);
    const reference = this.#context.reference(plain, served);
    const fieldManager = fieldManagerOf(target.urn, {}, plain);
    const adoption = await this.#claim(target, reference, plain, fieldManager, patience);
    return await this.#applyAndWait(target, reference, toObject(plain, reference), inputs, adoption);
  }

  /** An object of that name must not be somebody else's; one that is on its way out is waited for. */
  async #claim(
    target: Target,
    reference: Reference,
    inputs: Properties,
    fieldManager: string,
    patience: Patience,
  ): Promise<Adoption> {
    const { objects, settings, log } = this.#context;
    const fresh = { fieldManager, former: [] };
    const live = await objects.get(reference);
    if (!live) return fresh;
    if (textAt(live, "metadata.deletionTimestamp") !== undefined) {
      const uid = textAt(live, "metadata.uid");
      await waitUntilGone(reference, uid, objects, { ...patience, timeoutSeconds: 600 });
      return fresh;
    }
    const adoption = adoptionOf(live, fieldManager);
    if (adoption) log.info(target.urn, "it is there already, made for this same resource; going on with it");
    if (adoption || settings.upsert) return adoption ?? fresh;
    throw new ProviderError(
      "conflict",
      `${inputs.kind} ${idOf(reference)} is there already, managed by ${managersOf(live).join(", ")}: give another name, delete it, or take it over with \`pulumi import ${target.type} NAME ${idOf(reference)}\``,
    );
  }

  async update(
    target: Target,
    olds: { outputs: Properties },
    inputs: Inputs,
    ignored: readonly string[],
  ): Promise<State> {
    const { plain } = inputs;
    const served = await serveSoon(this.#context.objects, plain, this.#context.patience(target));
    const reference = this.#context.reference(plain, served);
    const fieldManager = fieldManagerOf(target.urn, olds.outputs, plain);
    const live = ignored.length > 0 ? await this.#context.objects.get(reference) : undefined;
    const object = withoutForeignFields(toObject(plain, reference), ignored, live, fieldManager);
    return await this.#applyAndWait(target, reference, object, inputs, { fieldManager, former: [] });
  }

  async #applyAndWait(
    target: Target,
    reference: Reference,
    object: Properties,
    inputs: Inputs,
    { fieldManager, former }: Adoption,
  ): Promise<State> {
    const force = former.length > 0;
    const applied = await this.#context.apply(reference, object, { fieldManager, dryRun: false, force });
    await relinquish(former, reference, this.#context.objects);
    this.#context.warn(target, applied.warnings);
    const id = idOf(reference);
    const outputs = (live: Properties) => toOutputs(live, inputs.plain, inputs.marked, fieldManager);
    try {
      const live = await waitUntilReady(
        applied.object,
        reference,
        this.#context.objects,
        this.#context.patience(target),
      );
      return { id, outputs: outputs(live) };
    } catch (error) {
      const live = error instanceof UnreadyError ? error.live : applied.object;
      throw unready(`${inputs.plain.kind} ${id}: ${(error as Error).message}`, id, outputs(live), inputs);
    }
  }

  /** @returns undefined when it is gone. @throws InitializationError when it is there, but not ready. */
  async read(
    target: Target,
    id: string,
    inputs: Inputs,
    outputs: Properties,
  ): Promise<(State & { inputs: Properties }) | undefined> {
    const served = await this.#context.find({ ...kindOf(target.type), ...outputs, ...inputs.plain });
    if (!served) return undefined;
    const reference = this.#context.referenceOf(id, served);
    const { objects } = this.#context;
    const live = await objects.get(reference);
    if (!live) return undefined;
    const fieldManager = fieldManagerOf(target.urn, outputs, inputs.plain);
    const isImport = Object.keys(inputs.plain).length === 0;
    const found = isImport
      ? withoutServerFields(live)
      : await this.#asLive(reference, inputs.plain, live, fieldManager);
    const state = toOutputs(live, found, inputs.marked, fieldManager);
    const marked = { plain: found, marked: inputs.marked };
    const verdict = await findReadiness(live)?.readiness(live, objects);
    if (verdict?.ready === false && !isImport)
      throw unready(`${served.kind} ${id} is not ready: ${verdict.message}`, id, state, marked);
    return { id: idOf(reference), outputs: state, inputs: markedInputs(marked) };
  }

  async #asLive(
    reference: Reference,
    inputs: Properties,
    live: Properties,
    fieldManager: string,
  ): Promise<Properties> {
    try {
      const { object } = await this.#context.objects.apply(reference, toObject(inputs, reference), {
        fieldManager,
        force: true,
        dryRun: true,
      });
      return driftedInputs(inputs, live, object);
    } catch {
      return inputs; // it cannot be applied as it is now; the next diff says why
    }
  }

  async delete(target: Target, id: string, outputs: Properties): Promise<void> {
    const served = await this.#context.find({ ...kindOf(target.type), ...outputs });
    if (!served) return; // its definition is gone, and the objects with it
    const reference = this.#context.referenceOf(id, served);
    const live = await this.#context.objects.get(reference);
    if (!live || isTakenOver(live, outputs)) return;
    await deleteObject(reference, outputs, this.#context.objects, this.#context.patience(target));
  }
}

function markedInputs({ plain, marked }: Inputs): Properties {
  return markSecretData(markLike(plain, marked) as Properties);
}

function unready(message: string, id: string, outputs: Properties, inputs: Inputs): InitializationError {
  return new InitializationError(message, { id, properties: outputs, inputs: markedInputs(inputs) });
}
