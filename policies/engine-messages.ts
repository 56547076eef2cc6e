import services from "@pulumi/pulumi/proto/analyzer_grpc_pb.js";
import type analyzer from "@pulumi/pulumi/proto/analyzer_pb.js";
import type { StackFacts } from "./configuration/stack-settings.ts";

/** What the SDK's server decodes the engine's messages with; it is asked for when the pack is made. */
const { analyze, analyzeStack, configureStack } = services.AnalyzerService;

/**
 * Calls when the engine tells the pack about the stack. The SDK takes the stack's tags from that message and drops the
 * rest, the configuration among it; so the message is read where the server decodes it.
 */
export function onStackConfiguration(learn: (facts: StackFacts) => void): void {
  const decode = configureStack.requestDeserialize;
  configureStack.requestDeserialize = (bytes: Buffer) => {
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

/**
 * The SDK translates a resource's properties anew for every rule, and copies the translation before a rule sees it: one
 * translation does for all, and with a hundred rules takes most of the time of a large stack away.
 */
export function translatePropertiesOnce(): void {
  const decode = analyze.requestDeserialize;
  analyze.requestDeserialize = (bytes: Buffer) => {
    const request = decode(bytes);
    translateOnce(request);
    return request;
  };
  const decodeStack = analyzeStack.requestDeserialize;
  analyzeStack.requestDeserialize = (bytes: Buffer) => {
    const request = decodeStack(bytes);
    for (const resource of request.getResourcesList()) translateOnce(resource);
    return request;
  };
}

function translateOnce(holder: Pick<analyzer.AnalyzeRequest, "getProperties">): void {
  const properties = holder.getProperties();
  if (properties === undefined) return;
  const translate = properties.toJavaScript.bind(properties);
  let translated: ReturnType<typeof translate> | undefined;
  properties.toJavaScript = () => {
    translated ??= translate();
    return translated;
  };
}
