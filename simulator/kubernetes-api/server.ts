import grpc from "@grpc/grpc-js";
import provider from "@pulumi/pulumi/proto/provider_grpc_pb.js";
import { SchemaRepository } from "../schema/repository.ts";
import type { EngineLog } from "./engine-log.ts";
import { createHandlers } from "./handlers.ts";
import { Session } from "./session.ts";

/** Serves one provider instance on a free loopback port. @returns the port. */
export function serveKubernetes(log: EngineLog): Promise<number> {
  const schemas = new SchemaRepository();
  const server = new grpc.Server({
    "grpc.max_receive_message_length": -1,
    "grpc.max_send_message_length": -1,
  });
  server.addService(
    provider.ResourceProviderService as unknown as grpc.ServiceDefinition,
    createHandlers(new Session(schemas, log), schemas),
  );
  return new Promise((resolve, reject) => {
    server.bindAsync("127.0.0.1:0", grpc.ServerCredentials.createInsecure(), (error, port) => {
      if (error) reject(error);
      else resolve(port);
    });
  });
}
