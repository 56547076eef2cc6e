import type { Policies } from "@pulumi/policy";
import * as server from "@pulumi/policy/server.js";
import analyzer from "@pulumi/pulumi/proto/analyzer_pb.js";
import type { Struct as StructType } from "google-protobuf/google/protobuf/struct_pb.js";
import structs from "google-protobuf/google/protobuf/struct_pb.js";

type Rpc = (call: { request: unknown }, callback: (error: unknown, response: unknown) => void) => void;
type MakeRpc = (pack: string, version: string, level: string, policies: Policies) => Rpc;

/** What the SDK's server answers the engine with; left out of the SDK's types, though exported. */
const { makeAnalyzeRpcFun, makeAnalyzeStackRpcFun, makeRemediateRpcFun } = server as unknown as {
  makeAnalyzeRpcFun: MakeRpc;
  makeAnalyzeStackRpcFun: MakeRpc;
  makeRemediateRpcFun: MakeRpc;
};

/** Stand for a value that is not known in a preview, as the engine sends it. */
export const unknownText = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";
export const unknownNumber = "3eeb2bf0-c639-47a8-9e75-3b44932eb421";
export const unknownBoolean = "1c4a061d-8072-4f0a-a4cb-0ff528b18fe7";
export const unknownArray = "6a19a0b0-7e62-4c92-b797-7f8e31da9cc2";
export const unknownObject = "dd056dcd-154b-4c76-9bd3-c8f88648b5ff";

/** A secret value, as the engine sends it. */
export function secret(value: unknown): Record<string, unknown> {
  return { "4dabf18193072939515e22adb298388d": "1b47061264138c4ac30d75fd1eb44270", value };
}

export interface Diagnostic {
  policy: string;
  level: "advisory" | "mandatory" | undefined;
  message: string;
  urn: string;
}

/** A resource as the engine shows it to a policy pack. */
export interface AnalyzedResource {
  type: string;
  name: string;
  urn: string;
  properties: object;
  /** Of its provider. Default: none. */
  provider?: object;
  /** URNs. Default: none. */
  dependencies?: string[];
  /** URNs by property. Default: none. */
  propertyDependencies?: Record<string, string[]>;
}

export function urnOf(type: string, name: string): string {
  return `urn:pulumi:stack::project::${type}::${name}`;
}

export function resourceOf(type: string, properties: object, name = "name"): AnalyzedResource {
  return { type, name, urn: urnOf(type, name), properties };
}

export function analyzeRequest({ type, name, urn, properties, provider }: AnalyzedResource) {
  const request = new analyzer.AnalyzeRequest();
  request.setType(type);
  request.setName(name);
  request.setUrn(urn);
  request.setProperties(structOf(properties));
  request.setOptions(new analyzer.AnalyzerResourceOptions());
  if (provider !== undefined) request.setProvider(providerOf(provider));
  return request;
}

export function analyzeStackRequest(resources: AnalyzedResource[]) {
  const request = new analyzer.AnalyzeStackRequest();
  request.setResourcesList(resources.map(stackResource));
  return request;
}

function stackResource(resource: AnalyzedResource) {
  const message = new analyzer.AnalyzerResource();
  message.setType(resource.type);
  message.setName(resource.name);
  message.setUrn(resource.urn);
  message.setProperties(structOf(resource.properties));
  message.setOptions(new analyzer.AnalyzerResourceOptions());
  message.setDependenciesList(resource.dependencies ?? []);
  for (const [property, urns] of Object.entries(resource.propertyDependencies ?? {})) {
    const dependencies = new analyzer.AnalyzerPropertyDependencies();
    dependencies.setUrnsList(urns);
    message.getPropertydependenciesMap().set(property, dependencies);
  }
  return message;
}

function providerOf(properties: object) {
  const provider = new analyzer.AnalyzerProviderResource();
  provider.setType("pulumi:providers:test");
  provider.setUrn(urnOf("pulumi:providers:test", "default"));
  provider.setName("default");
  provider.setProperties(structOf(properties));
  return provider;
}

/** The engine leaves out what is undefined. */
export function structOf(given: object): StructType {
  const properties = JSON.parse(JSON.stringify(given));
  return structs.Struct.fromJavaScript(properties);
}

type AnalyzeResponse = InstanceType<typeof analyzer.AnalyzeResponse>;

/** What the SDK answers the engine about one resource. */
export async function analyzeResource(policies: Policies, resource: AnalyzedResource): Promise<Diagnostic[]> {
  const rpc = makeAnalyzeRpcFun("test", "1.0.0", "mandatory", policies);
  const response = await call<AnalyzeResponse>(rpc, analyzeRequest(resource));
  return response.getDiagnosticsList().map((each) => ({ ...diagnosticOf(each), urn: resource.urn }));
}

/** What the SDK answers the engine about all resources together. */
export async function analyzeStack(policies: Policies, resources: AnalyzedResource[]): Promise<Diagnostic[]> {
  const rpc = makeAnalyzeStackRpcFun("test", "1.0.0", "mandatory", policies);
  const response = await call<AnalyzeResponse>(rpc, analyzeStackRequest(resources));
  return response.getDiagnosticsList().map(diagnosticOf);
}

export function diagnosticOf(diagnostic: InstanceType<typeof analyzer.AnalyzeDiagnostic>): Diagnostic {
  const level = diagnostic.getEnforcementlevel();
  return {
    policy: diagnostic.getPolicyname(),
    level: level === analyzer.EnforcementLevel.MANDATORY ? "mandatory" : level === 0 ? "advisory" : undefined,
    message: diagnostic.getMessage(),
    urn: diagnostic.getUrn(),
  };
}

/** The properties that the rule makes of these, undefined where it leaves them; and why it could not run. */
export async function remediate(policies: Policies, resource: AnalyzedResource) {
  const remediating = policies.map((policy) => ({ ...policy, enforcementLevel: "remediate" as const }));
  const rpc = makeRemediateRpcFun("test", "1.0.0", "remediate", remediating);
  const response = await call<InstanceType<typeof analyzer.RemediateResponse>>(rpc, analyzeRequest(resource));
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
