import { ProviderError } from "../provider-error.ts";
import type { SchemaRepository } from "../schema/repository.ts";
import type { Properties } from "../values.ts";
import { Changer } from "./changer.ts";
import { Connection } from "./connection.ts";
import { Context } from "./context.ts";
import type { EngineLog } from "./engine-log.ts";
import { findAccess } from "./kubeconfig.ts";
import { Objects } from "./objects.ts";
import { Planner } from "./planner.ts";
import { readSettings } from "./settings.ts";

/** The one provider instance of this process, once it is configured. */
export class Session {
  readonly #schemas: SchemaRepository;
  readonly #log: EngineLog;
  readonly #interrupt = new AbortController();
  #context: Context | undefined;
  #forgotten = false;

  constructor(schemas: SchemaRepository, log: EngineLog) {
    this.#schemas = schemas;
    this.#log = log;
  }

  /** @throws ProviderError when the kubeconfig is wrong or the cluster does not answer. */
  async configure(config: Properties): Promise<void> {
    const settings = readSettings(config);
    const access = findAccess(config);
    const connection = new Connection(access, this.#interrupt.signal);
    try {
      await connection.assertReachable();
    } catch (error) {
      if (!settings.deleteUnreachable) throw withAdvice(error);
      this.#forgotten = true;
    }
    this.#context = new Context({
      objects: new Objects(connection),
      namespace: access.namespace,
      settings,
      log: this.#log,
      signal: this.#interrupt.signal,
    });
  }

  get planner(): Planner {
    return new Planner(this.#schemas, this.#configured());
  }

  get changer(): Changer {
    return new Changer(this.#configured());
  }

  #configured(): Context {
    if (!this.#context) throw new ProviderError("failed", "the Kubernetes provider is not configured yet");
    return this.#context;
  }

  /** The cluster does not answer, and its resources are to be dropped from the state. */
  get isForgotten(): boolean {
    return this.#forgotten;
  }

  cancel(): void {
    this.#interrupt.abort();
  }
}

function withAdvice(error: unknown): unknown {
  if (!(error instanceof ProviderError)) return error;
  return new ProviderError(
    error.kind,
    `${error.message}\n(If the cluster is gone for good, PULUMI_K8S_DELETE_UNREACHABLE=true drops its objects from the state.)`,
  );
}
