import type { StackValidationPolicy } from "@pulumi/policy";
import * as server from "@pulumi/policy/server.js";
import analyzer from "@pulumi/pulumi/proto/analyzer_pb.js";
import { type Diagnostic, diagnosticOf, structOf } from "../analyze.ts";

type Rpc = (call: { request: unknown }, callback: (error: unknown, response: unknown) => void) => void;

/** What the SDK's server answers the engine with; left out of the SDK's types, though exported. */
const { makeAnalyzeStackRpcFun } = server as unknown as {
  makeAnalyzeStackRpcFun(
    pack: string,
    version: string,
    level: string,
    policies: StackValidationPolicy[],
  ): Rpc;
};

export interface StackResource {
  type: string;
  name: string;
  properties: object;
  /** Names of what it comes after. */
  dependsOn?: string[];
}

/** What the SDK answers the engine about a whole stack under one rule, with a configuration. */
export async function analyzeStack(
  policy: StackValidationPolicy,
  resources: readonly StackResource[],
  config: object = {},
): Promise<Diagnostic[]> {
  const configured: StackValidationPolicy = {
    ...policy,
    validateStack: (args, report) =>
      policy.validateStack({ ...args, getConfig: <Config extends object>() => config as Config }, report),
  };
  const rpc = makeAnalyzeStackRpcFun("test", "1.0.0", "mandatory", [configured]);
  const request = new analyzer.AnalyzeStackRequest();
  request.setResourcesList(resources.map((each) => engineResource(each, resources)));
  const response = await new Promise<InstanceType<typeof analyzer.AnalyzeResponse>>((resolve, reject) => {
    rpc({ request }, (error, answer) => (error ? reject(error) : resolve(answer as never)));
  });
  return response.getDiagnosticsList().map(diagnosticOf);
}

function engineResource(resource: StackResource, all: readonly StackResource[]) {
  const { type, name, properties, dependsOn = [] } = resource;
  const message = new analyzer.AnalyzerResource();
  message.setType(type);
  message.setName(name);
  message.setUrn(urnOf(resource));
  message.setProperties(structOf(properties));
  message.setOptions(new analyzer.AnalyzerResourceOptions());
  message.setDependenciesList(all.filter((each) => dependsOn.includes(each.name)).map(urnOf));
  return message;
}

function urnOf({ type, name }: StackResource): string {
  return `urn:pulumi:stack::project::${type}::${name}`;
}
