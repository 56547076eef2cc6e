import { writeFileSync } from "node:fs";
import { join } from "node:path";
import provider from "@pulumi/pulumi/proto/provider_pb.js";
import resource from "@pulumi/pulumi/proto/resource_pb.js";
import type { ResourceTransformArgs } from "@pulumi/pulumi/resource.js";
import { MockMonitor } from "@pulumi/pulumi/runtime/mocks.js";
import { FaultInjector } from "../fault-injector.ts";
import { Faults } from "../faults.ts";
import { Provider } from "../provider.ts";
import { packageOf, SchemaRepository } from "../schema/repository.ts";
import { createSession } from "../session.ts";
import { Store } from "../store.ts";
import { type Properties, unwrapProperties, type Value } from "../values.ts";
import { fromWire, toWire } from "../wire.ts";
import { markSecrets } from "./mark-secrets.ts";
import type { RecordOptions } from "./record-program.ts";
import type { RecordedResource } from "./recording.ts";
import { secretPaths } from "./secret-paths.ts";
import type { TransformTable } from "./transform-table.ts";

/** Nothing asks for these: the monitor answers before the SDK's own would. */
export const unusedMocks = {
  call: () => ({}),
  newResource: () => ({ id: undefined, state: {} }),
};

type MonitorOptions = RecordOptions & Required<Pick<RecordOptions, "config" | "stack" | "project">>;

type Callback = (error: Error | null, response?: unknown) => void;

/** Stands where the engine's resource monitor does. */
export class RecordingMonitor extends MockMonitor {
  readonly recorded: RecordedResource[] = [];
  readonly invokes: { token: string; inputs: Properties }[] = [];
  /** What a provider refused; the program goes on, so that all of it comes to light. */
  readonly problems: string[] = [];
  readonly #byUrn = new Map<string, RecordedResource>();
  readonly #options: MonitorOptions;
  readonly #provider: Provider;
  readonly #transforms: TransformTable;

  constructor(options: MonitorOptions, folder: string, transforms: TransformTable) {
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
    const recorded = this.#byUrn.get(request.getUrn());
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
    if (this.#byUrn.has(urn)) this.problems.push(`${urn}: registered twice`);
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
    const recorded: RecordedResource = {
      urn,
      type,
      name,
      custom: request.getCustom(),
      remote: request.getRemote(),
      parent: parent || undefined,
      inputs,
      secrets: secretPaths(raw),
      dependencies: request.getDependenciesList(),
      propertyDependencies: propertyDependencies(request),
      provider: request.getProvider() || undefined,
      deletedWith: request.getDeletedwith() || undefined,
      formerTypes: request.getAliasesList().flatMap((alias) => alias.getSpec()?.getType() || []),
      ...(transformed.opts as ReturnType<typeof recordedOptions>),
      id: "",
      outputs: {},
    };
    this.#byUrn.set(urn, recorded);
    Object.assign(recorded, await this.#create(recorded, raw));
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

  async #create(
    recorded: RecordedResource,
    raw: Properties,
  ): Promise<Pick<RecordedResource, "id" | "outputs">> {
    const given: Properties = recorded.inputs;
    try {
      const checked = this.#check(recorded, given);
      const inputs = this.#options.beforeCreate
        ? unwrapProperties(
            await this.#options.beforeCreate({
              ...recorded,
              inputs: markSecrets(checked, raw) as Properties,
            }),
          )
        : checked;
      if (!recorded.custom) return { id: "", outputs: {} };
      if (!this.#isSimulated(recorded.type))
        return { id: this.#options.preview ? "" : `${recorded.urn}::id`, outputs: inputs };
      const target = { session: this.#session(recorded.type), urn: recorded.urn, type: recorded.type };
      if (this.#options.preview) return { id: "", outputs: this.#provider.previewCreate(target, inputs) };
      return await this.#provider.create(target, inputs);
    } catch (error) {
      this.problems.push(`${recorded.urn}: ${(error as Error).message}`);
      return { id: "refused", outputs: given };
    }
  }

  /** @returns the inputs with names and defaults. */
  #check({ urn, type, custom }: RecordedResource, given: Properties): Properties {
    if (!custom || !this.#isSimulated(type)) return given;
    const { inputs, failures } = this.#provider.check({ session: this.#session(type), urn, type }, {}, given);
    for (const { property, reason } of failures) this.problems.push(`${urn}: ${property}: ${reason}`);
    return inputs;
  }

  /** Not so are providers themselves, and what our own provider makes, such as secrets that it keeps in the state. */
  #isSimulated(type: string): boolean {
    return !/^(pulumi|skyloom):/.test(type) && (!this.#options.anyProvider || packageOf(type) !== undefined);
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

  /** As the engine forms it: the types of all parents but the stack. */
  #urn(parent: string, type: string, name: string): string {
    const parentType = parent.split("::")[2] ?? "";
    const parents = parentType === "" || parentType === "pulumi:pulumi:Stack" ? "" : `${parentType}$`;
    return `urn:pulumi:${this.#options.stack}::${this.#options.project}::${parents}${type}::${name}`;
  }
}

function propertyDependencies(request: resource.RegisterResourceRequest): Record<string, string[]> {
  const entries = [...request.getPropertydependenciesMap().entries()];
  return Object.fromEntries(entries.map(([name, dependencies]) => [name, dependencies.getUrnsList()]));
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
    additionalSecretOutputs: request.getAdditionalsecretoutputsList(),
    customTimeouts: {
      create: timeouts?.getCreate() ?? "",
      update: timeouts?.getUpdate() ?? "",
      delete: timeouts?.getDelete() ?? "",
    },
  };
}
