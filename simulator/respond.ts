import grpc from "@grpc/grpc-js";
import proto from "@pulumi/pulumi/proto/provider_pb.js";
import status from "@pulumi/pulumi/proto/status_pb.js";
import any from "google-protobuf/google/protobuf/any_pb.js";
import { type ErrorKind, InitializationError, ProviderError } from "./provider-error.ts";
import { toWire } from "./wire.ts";

export type Handler = (call: grpc.ServerUnaryCall<unknown, unknown>) => Promise<unknown>;

const CODES: { [kind in ErrorKind]: grpc.status } = {
  invalid: grpc.status.INVALID_ARGUMENT,
  "not-found": grpc.status.NOT_FOUND,
  conflict: grpc.status.ALREADY_EXISTS,
  quota: grpc.status.RESOURCE_EXHAUSTED,
  throttling: grpc.status.RESOURCE_EXHAUSTED,
  timeout: grpc.status.DEADLINE_EXCEEDED,
  "expired-login": grpc.status.UNAUTHENTICATED,
  unimplemented: grpc.status.INVALID_ARGUMENT,
  failed: grpc.status.UNKNOWN,
};

/** A gRPC method made of an async function; what it throws becomes the call's status. */
export function respond(handler: Handler): grpc.handleUnaryCall<unknown, unknown> {
  return (call, callback) => {
    handler(call).then(
      (response) => callback(null, response),
      (error) => callback(statusOf(error)),
    );
  };
}

function statusOf(error: unknown): Partial<grpc.StatusObject> {
  if (error instanceof InitializationError) return partial(error);
  // A mistake of the simulator itself: the stack tells where.
  if (!(error instanceof ProviderError))
    return {
      code: grpc.status.INTERNAL,
      details: error instanceof Error ? (error.stack ?? error.message) : String(error),
    };
  return { code: CODES[error.kind], details: error.message };
}

/** The engine reads the half-made resource from the status' details (sdk/go/common/resource/plugin/provider_plugin.go). */
function partial(error: InitializationError): Partial<grpc.StatusObject> {
  const detail = new proto.ErrorResourceInitFailed();
  detail.setId(error.id);
  detail.setProperties(toWire(error.properties));
  detail.setInputs(toWire(error.inputs));
  detail.addReasons(error.message);
  const packed = new any.Any();
  packed.pack(detail.serializeBinary(), "pulumirpc.ErrorResourceInitFailed");
  const full = new status.Status();
  full.setCode(grpc.status.UNKNOWN);
  full.setMessage(error.message);
  full.addDetails(packed);
  const metadata = new grpc.Metadata();
  metadata.set("grpc-status-details-bin", Buffer.from(full.serializeBinary()));
  return { code: grpc.status.UNKNOWN, details: error.message, metadata };
}
