import analyzer from "@pulumi/pulumi/proto/analyzer_pb.js";
import { toWire } from "../../simulator/wire.ts";
import type { AnalyzedResource } from "./resources.ts";

/** One resource, for its own rules. */
export function analyzeRequest(resource: AnalyzedResource): analyzer.AnalyzeRequest {
  const request = new analyzer.AnalyzeRequest();
  request.setUrn(resource.urn);
  request.setType(resource.type);
  request.setName(resource.name);
  request.setProperties(toWire(resource.properties));
  request.setOptions(optionsMessage(resource));
  request.setProvider(providerMessage(resource));
  return request;
}

/** One resource of those that a rule of the whole stack sees. */
export function analyzerResource(resource: AnalyzedResource): analyzer.AnalyzerResource {
  const message = new analyzer.AnalyzerResource();
  message.setUrn(resource.urn);
  message.setType(resource.type);
  message.setName(resource.name);
  message.setProperties(toWire(resource.properties));
  message.setOptions(optionsMessage(resource));
  message.setProvider(providerMessage(resource));
  message.setParent(resource.parent ?? "");
  message.setDependenciesList(resource.dependencies);
  for (const [name, urns] of Object.entries(resource.propertyDependencies)) {
    const dependencies = new analyzer.AnalyzerPropertyDependencies();
    dependencies.setUrnsList(urns);
    message.getPropertydependenciesMap().set(name, dependencies);
  }
  return message;
}

/** Without it the pack takes the engine for an old one and refuses. */
function optionsMessage({ options, parent }: AnalyzedResource): analyzer.AnalyzerResourceOptions {
  const message = new analyzer.AnalyzerResourceOptions();
  message.setProtect(options.protect);
  message.setIgnorechangesList(options.ignoreChanges);
  message.setDeletebeforereplacedefined(options.deleteBeforeReplace !== undefined);
  message.setDeletebeforereplace(options.deleteBeforeReplace ?? false);
  message.setAdditionalsecretoutputsList(options.additionalSecretOutputs);
  message.setAliasesList(options.aliases);
  message.setParent(parent ?? "");
  const timeouts = new analyzer.AnalyzerResourceOptions.CustomTimeouts();
  timeouts.setCreate(options.timeouts.create);
  timeouts.setUpdate(options.timeouts.update);
  timeouts.setDelete(options.timeouts.delete);
  message.setCustomtimeouts(timeouts);
  return message;
}

function providerMessage({ provider }: AnalyzedResource): analyzer.AnalyzerProviderResource | undefined {
  if (provider === undefined) return undefined;
  const message = new analyzer.AnalyzerProviderResource();
  message.setUrn(provider.urn);
  message.setType(provider.type);
  message.setName(provider.name);
  message.setProperties(toWire(provider.properties));
  return message;
}
