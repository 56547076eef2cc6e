import grpc from "@grpc/grpc-js";
import clients from "@pulumi/pulumi/proto/analyzer_grpc_pb.js";
import analyzer from "@pulumi/pulumi/proto/analyzer_pb.js";
import empty from "google-protobuf/google/protobuf/empty_pb.js";
import type { Properties } from "../../simulator/values.ts";
import { analyzeRequest, analyzerResource } from "./analyzer-messages.ts";
import {
  configurationMessage,
  type Diagnostic,
  diagnosticOf,
  type PackInfo,
  packInfoOf,
  type RuleConfiguration,
} from "./pack.ts";
import type { AnalyzedResource } from "./resources.ts";

/** A remediation that changed a resource, or that could not run. */
export interface Remediation {
  rule: string;
  properties: Properties | undefined;
  diagnostic: string | undefined;
}

/** A policy pack that a runner serves. Messages that the analyzer refuses reject with the rule's own error. */
export interface Analyzer {
  info(): Promise<PackInfo>;
  configure(rules: Map<string, RuleConfiguration>): Promise<void>;
  remediate(resource: AnalyzedResource): Promise<Remediation[]>;
  analyze(resource: AnalyzedResource): Promise<Diagnostic[]>;
  analyzeStack(resources: AnalyzedResource[]): Promise<Diagnostic[]>;
  close(): void;
}

export function connectAnalyzer(address: string): Analyzer {
  const client = new clients.AnalyzerClient(address, grpc.credentials.createInsecure(), {
    // A stack of ten thousand resources is one message of tens of megabytes.
    "grpc.max_receive_message_length": -1,
    "grpc.max_send_message_length": -1,
  });
  // A resource is sent twice where rules may change it, and mostly as it was.
  const requests = new WeakMap<AnalyzedResource, analyzer.AnalyzeRequest>();
  const requestFor = (resource: AnalyzedResource) => {
    const request = requests.get(resource) ?? analyzeRequest(resource);
    requests.set(resource, request);
    return request;
  };
  return {
    info: async () =>
      packInfoOf(
        await answer<analyzer.AnalyzerInfo>((reply) => client.getAnalyzerInfo(new empty.Empty(), reply)),
      ),
    async configure(rules) {
      const request = new analyzer.ConfigureAnalyzerRequest();
      for (const [name, rule] of rules) request.getPolicyconfigMap().set(name, configurationMessage(rule));
      await answer<empty.Empty>((reply) => client.configure(request, reply));
    },
    async remediate(resource) {
      const request = requestFor(resource);
      const response = await answer<analyzer.RemediateResponse>((reply) => client.remediate(request, reply));
      return response.getRemediationsList().map((each) => ({
        rule: each.getPolicyname(),
        properties: each.getDiagnostic() ? undefined : (each.getProperties()?.toJavaScript() as Properties),
        diagnostic: each.getDiagnostic() || undefined,
      }));
    },
    async analyze(resource) {
      const request = requestFor(resource);
      const response = await answer<analyzer.AnalyzeResponse>((reply) => client.analyze(request, reply));
      return response.getDiagnosticsList().map((each) => diagnosticOf(each, resource.urn));
    },
    async analyzeStack(resources) {
      const request = new analyzer.AnalyzeStackRequest();
      request.setResourcesList(resources.map(analyzerResource));
      const response = await answer<analyzer.AnalyzeResponse>((reply) => client.analyzeStack(request, reply));
      return response.getDiagnosticsList().map((each) => diagnosticOf(each, undefined));
    },
    close: () => client.close(),
  };
}

type Reply<Response> = (error: grpc.ServiceError | null, response: Response) => void;

async function answer<Response>(call: (reply: Reply<Response>) => unknown): Promise<Response> {
  return await new Promise((resolve, reject) => {
    call((error, response) =>
      error ? reject(new Error(error.details || error.message)) : resolve(response),
    );
  });
}
