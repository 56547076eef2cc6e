import type { AsyncLocalStorage } from "node:async_hooks";
import { createRequire } from "node:module";
import type resource from "@pulumi/pulumi/proto/resource_pb.js";
import { MockMonitor, type MockResourceArgs, setMocks } from "@pulumi/pulumi/runtime/mocks.js";
import { serializeProperties } from "@pulumi/pulumi/runtime/rpc.js";
import { type Properties, unwrapProperties } from "../../../simulator/values.ts";
import type { RecordedResource, Recording, RecordOptions } from "../../components/recording-monitor.ts";
import { secretPaths } from "../../components/secret-paths.ts";

interface ProgramStore {
  settings: { monitor: unknown; rpcDone: Promise<unknown> };
}
const { LocalStore } = createRequire(import.meta.url)("@pulumi/pulumi/runtime/state.js") as {
  LocalStore: new () => ProgramStore;
};
// Set by the SDK for all its copies in one process.
declare const asyncLocalStorage: AsyncLocalStorage<ProgramStore>;

/**
 * As recordProgram of the simulated providers, for the resources of this machine's own provider: it would start
 * processes, so each is answered here with the outputs that it computes.
 * @throws what the program throws.
 */
export async function recordLocalProgram<Result>(
  program: () => Promise<Result> | Result,
  options: RecordOptions,
): Promise<Recording<Result>> {
  return await asyncLocalStorage.run(new LocalStore(), () => record(program, options));
}

async function record<Result>(program: () => Promise<Result> | Result, { stack = "test" }: RecordOptions) {
  const resources: RecordedResource[] = [];
  const mocks = {
    call: () => ({}),
    newResource: ({ name, type, inputs }: MockResourceArgs) => ({
      id: name,
      state: { ...inputs, ...computed(type, inputs) },
    }),
  };
  await setMocks(mocks, "skyloom", stack, true);
  const store = asyncLocalStorage.getStore() as ProgramStore;
  store.settings.monitor = new LocalMonitor(mocks, resources);
  const returned = await program();
  const serialized = (await serializeProperties("result", { result: returned })) as Properties;
  for (let done: unknown; done !== store.settings.rpcDone; ) {
    done = store.settings.rpcDone;
    await done;
    await new Promise((resolve) => setImmediate(resolve));
  }
  const all = (type: string) => resources.filter((each) => each.type === type);
  return {
    resources,
    invokes: [],
    log: [],
    result: unwrapProperties(serialized).result as Result,
    resultSecrets: secretPaths(serialized.result ?? null),
    all,
    one(type: string, name?: string) {
      const [found] = all(type).filter((each) => name === undefined || each.name === name);
      if (found === undefined) throw new Error(`no resource of ${type} ${name ?? ""}`);
      return found;
    },
  };
}

/** What components/provider computes. */
function computed(type: string, inputs: Properties): Properties {
  if (type === "skyloom:local:Bucket") return { url: `file://${inputs.folder}` };
  return type === "skyloom:local:Queue" ? { url: `sqlite://${inputs.file}` } : {};
}

class LocalMonitor extends MockMonitor {
  readonly #recorded: RecordedResource[];

  constructor(mocks: ConstructorParameters<typeof MockMonitor>[0], recorded: RecordedResource[]) {
    super(mocks);
    this.#recorded = recorded;
  }

  override async registerResource(
    request: resource.RegisterResourceRequest,
    callback: (error: Error | null, response?: resource.RegisterResourceResponse) => void,
  ): Promise<void> {
    await super.registerResource(
      request,
      (error: Error | null, response: resource.RegisterResourceResponse) => {
        if (error === null) this.#recorded.push(recorded(request, response));
        callback(error, response);
      },
    );
  }
}

function recorded(
  request: resource.RegisterResourceRequest,
  response: resource.RegisterResourceResponse,
): RecordedResource {
  return {
    urn: response.getUrn(),
    type: request.getType(),
    name: request.getName(),
    custom: request.getCustom(),
    parent: request.getParent() || undefined,
    inputs: unwrapProperties((request.getObject()?.toJavaScript() ?? {}) as Properties),
    secrets: [],
    dependencies: request.getDependenciesList(),
    protect: request.getProtect() ?? false,
    provider: undefined,
    deletedWith: undefined,
    formerTypes: [],
    ignoreChanges: [],
    replaceOnChanges: [],
    deleteBeforeReplace: undefined,
    retainOnDelete: false,
    customTimeouts: { create: "", update: "", delete: "" },
    id: response.getId(),
    outputs: (response.getObject()?.toJavaScript() ?? {}) as Properties,
  };
}
