import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import provider from "@pulumi/pulumi/proto/provider_pb.js";
import resource from "@pulumi/pulumi/proto/resource_pb.js";
import type { ResourceTransformArgs } from "@pulumi/pulumi/resource.js";
import { setAllConfig } from "@pulumi/pulumi/runtime/config.js";
import { MockMonitor, setMocks } from "@pulumi/pulumi/runtime/mocks.js";
import { FaultInjector } from "../../simulator/fault-injector.ts";
import { Faults } from "../../simulator/faults.ts";
import { Provider } from "../../simulator/provider.ts";
import { packageOf, SchemaRepository } from "../../simulator/schema/repository.ts";
import { createSession } from "../../simulator/session.ts";
import { Store } from "../../simulator/store.ts";
import { type Properties, unwrapProperties, type Value } from "../../simulator/values.ts";
import { fromWire, toWire } from "../../simulator/wire.ts";
import { type ProgramStore, settled, withProgramStore } from "./program-store.ts";
import { type RecordedResource, type Recording, recordingOf } from "./recording.ts";
import { secretPaths } from "./secret-paths.ts";
import { TransformTable } from "./transform-table.ts";

export type { RecordedResource, Recording } from "./recording.ts";

export interface RecordOptions {
  /** Outputs that a provider computes are unknown, as in `pulumi preview`. Default: false. */
  preview?: boolean;
  /** Default: `test`. */
  stack?: string;
  /** Default: `skyloom`. */
  project?: string;
  /** As in Pulumi.STACK.yaml, e.g. `{"aws:region": "eu-west-1"}`. Default: none. */
  config?: Record<string, string>;
  /** Answers to invokes by token instead of the simulator's; may throw. */
  invokes?: Record<string, (inputs: Properties) => Properties>;
  /** As in the simulator's faults file. */
  faults?: object[];
  /** As in the simulator's quotas.json, e.g. `{"aws/L-417A185B": 0}`. */
  quotas?: Record<string, number>;
}

/**
 * Runs a program in this process and records what it registers. Inputs are checked, and outputs and invokes answered,
 * by the simulated providers; each recording has state of its own, so that several in one process do not meet.
 * @throws what the program throws, or an Error that lists every resource that a provider refused.
 */
export async function recordProgram<Result>(
  program: () => Promise<Result> | Result,
  options: RecordOptions = {},
): Promise<Recording<Result>> {
  const folder = mkdtempSync(join(tmpdir(), "recording-"));
  try {
    return await withProgramStore((store) => record(program, options, folder, store));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

async function record<Result>(
  program: () => Promise<Result> | Result,
  options: RecordOptions,
  folder: string,
  store: ProgramStore,
): Promise<Recording<Result>> {
  const { stack = "test", project = "skyloom", config = {}, preview = false } = options;
  const log: Recording<Result>["log"] = [];
  const transforms = new TransformTable();
  const monitor = new RecordingMonitor({ ...options, preview, config }, folder, transforms);
  // Always as a preview: elsewhere a missing output becomes the text "undefined" instead of staying unknown.
  await setMocks(unusedMocks, project, stack, true);
  store.settings.monitor = monitor;
  store.settings.engine = recordingEngine(log);
  store.callbacks = transforms;
  store.supportsTransforms = true;
  setAllConfig(config);
  const returned = await settled(store, program);
  if (monitor.problems.length > 0) throw new Error(monitor.problems.join("\n"));
  const { recorded: resources, invokes } = monitor;
  return { ...recordingOf<Result>(resources, returned), invokes, log };
}

const unusedMocks = {
  call: () => ({}),
  newResource: () => ({ id: undefined, state: {} }),
};

/** Stands where the engine does, for log lines only. */
function recordingEngine(log: Recording<unknown>["log"]) {
  const severities = ["debug", "info", "warning", "error"] as const;
  return {
    log(
      request: { getSeverity(): number; getMessage(): string },
      callback: (error: null, answer: object) => void,
    ) {
      const severity = severities[request.getSeverity()] ?? "info";
      if (severity !== "debug") log.push({ severity, message: request.getMessage() });
      callback(null, {});
    },
  };
}

type Callback = (error: Error | null, response?: unknown) => void;

class RecordingMonitor extends MockMonitor {
  readonly recorded: RecordedResource[] = [];
  readonly invokes: { token: string; inputs: Properties }[] = [];
  /** What a provider refused; the program goes on, so that all of it comes to light. */
  readonly problems: string[] = [];
  readonly #options: RecordOptions & { config: Record<string, string> };
  readonly #provider: Provider;
  readonly #transforms: TransformTable;

  constructor(
    options: RecordOptions & { config: Record<string, string> },
    folder: string,
    transforms: TransformTable,
  ) {
    super(unusedMocks);
    this.#options = options;
    this.#transforms = transforms;
    if (options.quotas) writeFileSync(join(folder, "quotas.json"), JSON.stringify(options.quotas));
    const faultsFile = join(folder, "faults.json");
    if (options.faults) writeFileSync(faultsFile, JSON.stringify(options.faults));
    const faults = new Faults(faultsFile, folder);
    this.#provider = new Provider(schemas, new Store(folder), new FaultInjector(faults));
  }

  override async registerResource(
    request: resource.RegisterResourceRequest,
    callback: Callback,
  ): Promise<void> {
    try {
      const registered = await this.#record(request);
      const response = new resource.RegisterResourceResponse();
      response.setUrn(registered.urn);
      response.setId(registered.id);
      response.setObject(toWire(registered.outputs));
      callback(null, response);
    } catch (error) {
      callback(error as Error);
    }
  }

  override registerResourceOutputs(
    request: resource.RegisterResourceOutputsRequest,
    callback: Callback,
  ): void {
    const recorded = this.recorded.find(({ urn }) => urn === request.getUrn());
    if (recorded) recorded.outputs = fromWire(request.getOutputs());
    callback(null, {});
  }

  override async invoke(request: resource.ResourceInvokeRequest, callback: Callback): Promise<void> {
    const token = request.getTok();
    const inputs = fromWire(request.getArgs());
    try {
      this.invokes.push({ token, inputs });
      const response = new provider.InvokeResponse();
      const given = this.#options.invokes?.[token];
      response.setReturn(toWire(given ? given(inputs) : await this.#simulatedInvoke(token, inputs)));
      callback(null, response);
    } catch (error) {
      // gRPC's form: the SDK reads `details`, and status 2 is UNKNOWN.
      callback(Object.assign(error as Error, { code: 2, details: (error as Error).message }));
    }
  }

  async #simulatedInvoke(token: string, inputs: Properties): Promise<Properties> {
    const answer = await this.#provider.invoke(this.#session(token), token, inputs);
    if ("result" in answer) return answer.result;
    throw new Error(
      `${token}: ${answer.failures.map(({ property, reason }) => `${property}: ${reason}`).join("; ")}`,
    );
  }

  async #record(request: resource.RegisterResourceRequest): Promise<RecordedResource> {
    const [type, name, parent] = [request.getType(), request.getName(), request.getParent()];
    const urn = this.#urn(parent, type, name);
    if (this.recorded.some((other) => other.urn === urn)) this.problems.push(`${urn}: registered twice`);
    this.#transforms.add(urn, parent, request.getTransformsList());
    const raw = (request.getObject()?.toJavaScript() ?? {}) as Properties;
    const plain = unwrapProperties(raw);
    const options = recordedOptions(request);
    const transformed = await this.#transform(urn, {
      type,
      name,
      custom: request.getCustom(),
      props: plain,
      opts: options,
    });
    const inputs = transformed.props as Properties;
    const { id, outputs } = request.getCustom()
      ? await this.#create(urn, type, inputs)
      : { id: "", outputs: {} };
    const recorded: RecordedResource = {
      urn,
      type,
      name,
      custom: request.getCustom(),
      parent: parent || undefined,
      inputs,
      secrets: secretPaths(raw),
      dependencies: request.getDependenciesList(),
      provider: request.getProvider() || undefined,
      deletedWith: request.getDeletedwith() || undefined,
      formerTypes: request.getAliasesList().flatMap((alias) => alias.getSpec()?.getType() || []),
      ...(transformed.opts as ReturnType<typeof recordedOptions>),
      id,
      outputs,
    };
    this.recorded.push(recorded);
    return recorded;
  }

  async #transform(
    urn: string,
    args: Omit<ResourceTransformArgs, "opts"> & { opts: object },
  ): Promise<{ props: object; opts: object }> {
    let { props, opts }: { props: object; opts: object } = args;
    for (const transform of this.#transforms.of(urn)) {
      const changed = await transform({ ...args, props, opts } as ResourceTransformArgs);
      if (changed !== undefined) ({ props, opts } = changed);
    }
    return { props, opts };
  }

  async #create(urn: string, type: string, given: Properties): Promise<{ id: string; outputs: Properties }> {
    // What no simulated provider makes: providers themselves, and the secrets that our own provider keeps in the state.
    if (/^(pulumi|skyloom):/.test(type))
      return { id: this.#options.preview ? "" : `${urn}::id`, outputs: given };
    const target = { session: this.#session(type), urn, type };
    try {
      const { inputs, failures } = this.#provider.check(target, {}, given);
      for (const { property, reason } of failures) this.problems.push(`${urn}: ${property}: ${reason}`);
      if (this.#options.preview) return { id: "", outputs: this.#provider.previewCreate(target, inputs) };
      return await this.#provider.create(target, inputs);
    } catch (error) {
      this.problems.push(`${urn}: ${(error as Error).message}`);
      return { id: "refused", outputs: given };
    }
  }

  #session(token: string) {
    const provider = packageOf(token);
    if (provider === undefined) throw new Error(`no simulated provider for ${token}`);
    const prefix = `${provider}:`;
    const config = Object.entries(this.#options.config).filter(([key]) => key.startsWith(prefix));
    return createSession(
      provider,
      Object.fromEntries(config.map(([key, value]): [string, Value] => [key.slice(prefix.length), value])),
      {},
    );
  }

  #urn(parent: string, type: string, name: string): string {
    const parents = parent === "" ? "" : `${parent.split("::")[2]}$`;
    const { stack = "test", project = "skyloom" } = this.#options;
    return `urn:pulumi:${stack}::${project}::${parents}${type}::${name}`;
  }
}

/** Types are read once for all recordings: deriving them takes seconds. */
const schemas = new SchemaRepository();

function recordedOptions(request: resource.RegisterResourceRequest) {
  const timeouts = request.getCustomtimeouts();
  return {
    protect: request.getProtect() ?? false,
    ignoreChanges: request.getIgnorechangesList(),
    replaceOnChanges: request.getReplaceonchangesList(),
    deleteBeforeReplace: request.getDeletebeforereplacedefined()
      ? request.getDeletebeforereplace()
      : undefined,
    retainOnDelete: request.getRetainondelete() ?? false,
    customTimeouts: {
      create: timeouts?.getCreate() ?? "",
      update: timeouts?.getUpdate() ?? "",
      delete: timeouts?.getDelete() ?? "",
    },
  };
}
