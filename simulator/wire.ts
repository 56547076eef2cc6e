import struct from "google-protobuf/google/protobuf/struct_pb.js";
import { type Properties, unwrapProperties } from "./values.ts";

/** A gRPC Struct as properties, with secrets and outputs unwrapped. */
export function fromWire(message: struct.Struct | undefined): Properties {
  return message === undefined ? {} : unwrapProperties(message.toJavaScript() as Properties);
}

export function toWire(properties: Properties): struct.Struct {
  return struct.Struct.fromJavaScript(properties);
}
