import { type Properties, textAt } from "../values.ts";
import type { EngineLog } from "./engine-log.ts";
import { referenceOf } from "./object-state.ts";
import { annotation, type Objects, type Reference, type Served } from "./objects.ts";
import type { Patience } from "./readiness/wait.ts";
import type { Settings } from "./settings.ts";

/** The resource that a call is about. */
export interface Target {
  urn: string;
  type: string;
  /** From the resource option customTimeouts; 0 when there is none. */
  timeoutSeconds: number;
}

/** Inputs as plain values, and as the engine sent them, with its marks of secrets. */
export interface Inputs {
  plain: Properties;
  marked: Properties;
}

export interface ContextOptions {
  objects: Objects;
  /** Namespace of objects that name none. */
  namespace: string;
  settings: Settings;
  log: EngineLog;
  /** Aborted when the user interrupts. */
  signal: AbortSignal;
}

/** One configured provider instance: the cluster, and how the user wants it to be handled. */
export class Context {
  readonly objects: Objects;
  readonly namespace: string;
  readonly settings: Settings;
  readonly log: EngineLog;
  readonly #signal: AbortSignal;

  constructor(options: ContextOptions) {
    this.objects = options.objects;
    this.namespace = options.namespace;
    this.settings = options.settings;
    this.log = options.log;
    this.#signal = options.signal;
  }

  /** How the cluster serves the kind of an object; undefined when it does not know it (yet). */
  async find(object: Properties): Promise<Served | undefined> {
    const apiVersion = textAt(object, "apiVersion");
    const kind = textAt(object, "kind");
    if (apiVersion === undefined || kind === undefined) return undefined;
    return await this.objects.find(apiVersion, kind);
  }

  reference(inputs: Properties, served: Served): Reference {
    const namespace = textAt(inputs, "metadata.namespace") ?? this.namespace;
    return {
      served,
      namespace: served.namespaced ? namespace : "",
      name: textAt(inputs, "metadata.name") ?? "",
    };
  }

  /** An id without a namespace means the provider's. */
  referenceOf(id: string, served: Served): Reference {
    return referenceOf(id, served, this.namespace);
  }

  async apply(
    reference: Reference,
    object: Properties,
    options: { fieldManager: string; dryRun: boolean; force?: boolean },
  ): Promise<{ object: Properties; warnings: string[] }> {
    const force =
      options.force || this.settings.patchForce || annotation(object, "pulumi.com/patchForce") === "true";
    return await this.objects.apply(reference, object, { ...options, force });
  }

  patience(target: Target): Patience {
    const onStatus = (message: string) => this.log.status(target.urn, message);
    return { timeoutSeconds: target.timeoutSeconds, signal: this.#signal, onStatus };
  }

  warn(target: Target, warnings: string[]): void {
    for (const warning of warnings) this.log.warning(target.urn, warning);
  }
}
