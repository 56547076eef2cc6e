import services from "@pulumi/pulumi/proto/analyzer_grpc_pb.js";
import type analyzer from "@pulumi/pulumi/proto/analyzer_pb.js";
import type { StackFacts } from "./configuration/stack-settings.ts";

/**
 * Calls when the engine tells the pack about the stack. The SDK takes the stack's tags from that message and drops the
 * rest, the configuration among it; so the message is read where the server decodes it.
 */
export function onStackConfiguration(learn: (facts: StackFacts) => void): void {
  const method = services.AnalyzerService.configureStack;
  const decode = method.requestDeserialize;
  method.requestDeserialize = (bytes: Buffer) => {
    const request = decode(bytes);
    learn(factsOf(request));
    return request;
  };
}

function factsOf(request: analyzer.AnalyzerStackConfigureRequest): StackFacts {
  return {
    stack: request.getStack() || undefined,
    project: request.getProject() || undefined,
    configuration: Object.fromEntries(request.getConfigMap().toArray() as [string, string][]),
  };
}
