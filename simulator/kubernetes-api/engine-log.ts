import grpc from "@grpc/grpc-js";
import engine from "@pulumi/pulumi/proto/engine_grpc_pb.js";
import proto from "@pulumi/pulumi/proto/engine_pb.js";

/** What the engine's user sees of a resource while the provider works. */
export interface EngineLog {
  /** Shown beside the resource until the next one; empty text clears it. */
  status(urn: string, message: string): void;
  info(urn: string, message: string): void;
  warning(urn: string, message: string): void;
}

/** The log service of the engine at an address. Messages that it no longer takes are dropped. */
export function connectEngineLog(address: string): EngineLog {
  const client = new engine.EngineClient(address, grpc.credentials.createInsecure());
  const send = (severity: proto.LogSeverity, urn: string, message: string, ephemeral: boolean) => {
    const request = new proto.LogRequest();
    request.setSeverity(severity);
    request.setUrn(urn);
    request.setMessage(message);
    request.setEphemeral(ephemeral);
    client.log(request, () => {});
  };
  const { INFO, WARNING } = proto.LogSeverity;
  return {
    status: (urn, message) => send(INFO, urn, message, true),
    info: (urn, message) => send(INFO, urn, message, false),
    warning: (urn, message) => send(WARNING, urn, message, false),
  };
}
