import type resource from "@pulumi/pulumi/proto/resource_pb.js";
import { MockMonitor, type MockResourceArgs, setMocks } from "@pulumi/pulumi/runtime/mocks.js";
import { type ProgramStore, settled, withProgramStore } from "../../../simulator/recording/program-store.ts";
import type { RecordOptions } from "../../../simulator/recording/record-program.ts";
import {
  type RecordedResource,
  type Recording,
  recordingOf,
} from "../../../simulator/recording/recording.ts";
import { type Properties, unwrapProperties } from "../../../simulator/values.ts";

/**
 * As recordProgram of the simulated providers, for the resources of this machine's own provider: it would start
 * processes, so each is answered here with the outputs that it computes.
 * @throws what the program throws.
 */
export async function recordLocalProgram<Result>(
  program: () => Promise<Result> | Result,
  options: RecordOptions,
): Promise<Recording<Result>> {
  return await withProgramStore((store) => record(program, options, store));
}

async function record<Result>(
  program: () => Promise<Result> | Result,
  { stack = "test" }: RecordOptions,
  store: ProgramStore,
): Promise<Recording<Result>> {
  const resources: RecordedResource[] = [];
  const mocks = {
    call: () => ({}),
    newResource: ({ name, type, inputs }: MockResourceArgs) => ({
      id: name,
      state: { ...inputs, ...computed(type, inputs) },
    }),
  };
  await setMocks(mocks, "skyloom", stack, true);
  store.settings.monitor = new LocalMonitor(mocks, resources);
  return { ...recordingOf<Result>(resources, await settled(store, program)), invokes: [], log: [] };
}

/** What components/provider computes. */
function computed(type: string, inputs: Properties): Properties {
  if (type === "skyloom:local:Bucket" || type === "skyloom:local:SecretFolder")
    return { url: `file://${inputs.folder}` };
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
    remote: request.getRemote(),
    parent: request.getParent() || undefined,
    inputs: unwrapProperties((request.getObject()?.toJavaScript() ?? {}) as Properties),
    secrets: [],
    dependencies: request.getDependenciesList(),
    propertyDependencies: {},
    protect: request.getProtect() ?? false,
    provider: undefined,
    deletedWith: undefined,
    formerTypes: [],
    ignoreChanges: [],
    replaceOnChanges: [],
    deleteBeforeReplace: undefined,
    retainOnDelete: false,
    additionalSecretOutputs: [],
    customTimeouts: { create: "", update: "", delete: "" },
    id: response.getId(),
    outputs: (response.getObject()?.toJavaScript() ?? {}) as Properties,
  };
}
