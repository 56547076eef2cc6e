import type { ResourceValidationPolicy } from "@pulumi/policy";
import * as server from "@pulumi/policy/server.js";
import analyzer from "@pulumi/pulumi/proto/analyzer_pb.js";
import type { Struct as StructType } from "google-protobuf/google/protobuf/struct_pb.js";
import structs from "google-protobuf/google/protobuf/struct_pb.js";

type Rpc = (call: { request: unknown }, callback: (error: unknown, response: unknown) => void) => void;
type MakeRpc = (pack: string, version: string, level: string, policies: ResourceValidationPolicy[]) => Rpc;

/** What the SDK's server answers the engine with; left out of the SDK's types, though exported. */
const { makeAnalyzeRpcFun, makeRemediateRpcFun } = server as unknown as {
  makeAnalyzeRpcFun: MakeRpc;
  makeRemediateRpcFun: MakeRpc;
};

/** Stand for a value that is not known in a preview, as the engine sends it. */
export const unknownText = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";
export const unknownNumber = "3eeb2bf0-c639-47a8-9e75-3b44932eb421";
export const unknownObject = "dd056dcd-154b-4c76-9bd3-c8f88648b5ff";

/** A secret value, as the engine sends it. */
export function secret(value: unknown): Record<string, unknown> {
  return { "4dabf18193072939515e22adb298388d": "1b47061264138c4ac30d75fd1eb44270", value };
}

export interface Diagnostic {
  policy: string;
  level: "advisory" | "mandatory" | undefined;
  message: string;
}

export function analyzeRequest(type: string, properties: object) {
  const request = new analyzer.AnalyzeRequest();
  request.setType(type);
  request.setName("name");
  request.setUrn(`urn:pulumi:stack::project::${type}::name`);
  request.setProperties(structOf(properties));
  request.setOptions(new analyzer.AnalyzerResourceOptions());
  return request;
}

export function structOf(properties: object): StructType {
  return structs.Struct.fromJavaScript(properties as Parameters<typeof structs.Struct.fromJavaScript>[0]);
}

/** What the SDK answers the engine about one resource under one rule. */
export async function analyze(
  policy: ResourceValidationPolicy,
  type: string,
  properties: object,
): Promise<Diagnostic[]> {
  const rpc = makeAnalyzeRpcFun("test", "1.0.0", "mandatory", [policy]);
  const response = await call<InstanceType<typeof analyzer.AnalyzeResponse>>(
    rpc,
    analyzeRequest(type, properties),
  );
  return response.getDiagnosticsList().map(diagnosticOf);
}

export function diagnosticOf(diagnostic: InstanceType<typeof analyzer.AnalyzeDiagnostic>): Diagnostic {
  const level = diagnostic.getEnforcementlevel();
  return {
    policy: diagnostic.getPolicyname(),
    level: level === analyzer.EnforcementLevel.MANDATORY ? "mandatory" : level === 0 ? "advisory" : undefined,
    message: diagnostic.getMessage(),
  };
}

/** The properties that the rule makes of these, undefined where it leaves them; and why it could not run. */
export async function remediate(policy: ResourceValidationPolicy, type: string, properties: object) {
  const request = new analyzer.AnalyzeRequest();
  const rpc = makeRemediateRpcFun("test", "1.0.0", "remediate", [policy]);
  request.setType(type);
  request.setProperties(structOf(properties));
  request.setOptions(new analyzer.AnalyzerResourceOptions());
  const response = await call<InstanceType<typeof analyzer.RemediateResponse>>(rpc, request);
  const [remediation] = response.getRemediationsList();
  return {
    properties: remediation?.getProperties()?.toJavaScript(),
    diagnostic: remediation?.getDiagnostic() || undefined,
  };
}

function call<Response>(rpc: Rpc, request: unknown): Promise<Response> {
  return new Promise((resolve, reject) => {
    rpc({ request }, (error, response) => (error ? reject(error) : resolve(response as Response)));
  });
}
