import grpc from "@grpc/grpc-js";
import provider from "@pulumi/pulumi/proto/provider_grpc_pb.js";
import { FaultInjector } from "./fault-injector.ts";
import { Faults } from "./faults.ts";
import { createHandlers } from "./handlers.ts";
import { Provider } from "./provider.ts";
import { startResourceManager } from "./resource-manager.ts";
import { PACKAGES } from "./schema/locate.ts";
import { defaultCacheFolder, SchemaRepository } from "./schema/repository.ts";
import { Sessions } from "./sessions.ts";
import { Store } from "./store.ts";

export interface SimulatorOptions {
  /** Folder that holds the simulated clouds; made when missing. */
  stateFolder: string;
  /** File of faults (see faults.ts), read at each call; it may appear later. Default: no faults. */
  faults?: string;
  /** Port on 127.0.0.1. Default: a free one. */
  port?: number;
  /** Where types derived from the SDKs are kept. Default: node_modules/.cache. */
  cacheFolder?: string;
}

export interface Simulator {
  port: number;
  /** The value for PULUMI_DEBUG_PROVIDERS. */
  debugProviders: string;
  /**
   * All that the engine's environment needs: the providers, and no attempt to download the real ones. Without the
   * latter every command on a stack that exists tries that first, for seconds or for hundreds of megabytes.
   */
  environment: { PULUMI_DEBUG_PROVIDERS: string; PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION: "true" };
  /** Milliseconds since the last call, or since the start. */
  idle(): number;
  close(): Promise<void>;
}

/** Starts one server that stands in for all providers. Throws when the port is taken or the faults file is wrong. */
export async function startSimulator(options: SimulatorOptions): Promise<Simulator> {
  const faults = new Faults(options.faults, options.stateFolder);
  const schemas = new SchemaRepository(options.cacheFolder ?? defaultCacheFolder());
  const store = new Store(options.stateFolder);
  const resourceManager = await startResourceManager(store);
  const simulated = new Provider(schemas, store, new FaultInjector(faults), resourceManager.address);
  const handlers = createHandlers(simulated, new Sessions(), schemas, new FaultInjector(faults));
  const server = new grpc.Server({
    "grpc.max_receive_message_length": -1,
    "grpc.max_send_message_length": -1,
  });
  let lastCall = performance.now();
  const noteCall = () => {
    lastCall = performance.now();
  };
  server.addService(
    provider.ResourceProviderService as unknown as grpc.ServiceDefinition,
    withNote(handlers, noteCall),
  );
  const port = await bind(server, options.port ?? 0);
  const debugProviders = PACKAGES.map((name) => `${name}:${port}`).join(",");
  return {
    port,
    debugProviders,
    environment: {
      PULUMI_DEBUG_PROVIDERS: debugProviders,
      PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION: "true",
    },
    idle: () => performance.now() - lastCall,
    close: async () => {
      await Promise.all([close(server), resourceManager.close()]);
    },
  };
}

type Unary = grpc.handleUnaryCall<unknown, unknown>;

function withNote(handlers: { [method: string]: Unary }, note: () => void): { [method: string]: Unary } {
  const noted = Object.entries(handlers).map(([method, handler]): [string, Unary] => [
    method,
    (call, callback) => {
      note();
      handler(call, callback);
    },
  ]);
  return Object.fromEntries(noted);
}

function bind(server: grpc.Server, port: number): Promise<number> {
  return new Promise((resolve, reject) => {
    server.bindAsync(`127.0.0.1:${port}`, grpc.ServerCredentials.createInsecure(), (error, bound) => {
      if (error) reject(error);
      else resolve(bound);
    });
  });
}

/** Lets running calls end, for a second at most. */
function close(server: grpc.Server): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(() => server.forceShutdown(), 1000);
    server.tryShutdown(() => {
      clearTimeout(timer);
      resolve();
    });
  });
}
