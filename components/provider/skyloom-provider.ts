import { isDeepStrictEqual } from "node:util";
import type { CheckResult, Provider } from "@pulumi/pulumi/provider/index.js";
import { bucketHandler } from "./bucket.ts";
import { checkInputs, parseInputs } from "./check-inputs.ts";
import { clusterHandler } from "./cluster.ts";
import { randomSecretHandler, signingKeyHandler } from "./generated-secrets.ts";
import { createProcessHandler } from "./process.ts";
import { queueHandler } from "./queue.ts";
import type { ResourceContext, ResourceHandler } from "./resource-handler.ts";
import { secretFolderHandler } from "./secret-folder.ts";
import { hasUnknown, secretTexts, type WireProperties } from "./wire-values.ts";

// biome-ignore lint/suspicious/noExplicitAny: each handler has inputs of its own, which its schema vouches for
type AnyHandler = ResourceHandler<any>;

/**
 * Skyloom's own Pulumi provider: folders, SQLite files and processes of this machine, and secrets that a stack makes for
 * itself, as resources.
 */
export function createSkyloomProvider(): Provider {
  const handlers: Record<string, AnyHandler> = {
    "skyloom:local:Bucket": bucketHandler,
    "skyloom:local:Queue": queueHandler,
    "skyloom:local:SecretFolder": secretFolderHandler,
    "skyloom:local:Cluster": clusterHandler,
    "skyloom:local:Process": createProcessHandler(),
    "skyloom:index:RandomSecret": randomSecretHandler,
    "skyloom:index:SigningKey": signingKeyHandler,
  };
  const cancellation = new AbortController();

  function handlerOf(urn: string): AnyHandler {
    const type = typeOf(urn);
    const handler = handlers[type];
    if (handler === undefined)
      throw new Error(`unknown resource type ${type}; known are ${Object.keys(handlers).join(", ")}`);
    return handler;
  }

  function contextOf(urn: string, ...properties: WireProperties[]): ResourceContext {
    const secrets = properties.flatMap((one) => secretTexts(one));
    return { urn, stack: urn.split(":")[2] ?? "", signal: cancellation.signal, secrets };
  }

  return {
    version: "0.1.0",
    async check(urn, _olds, news): Promise<CheckResult> {
      return checkInputs(handlerOf(urn), contextOf(urn, news), news);
    },
    async diff(_id, urn, olds: WireProperties, news: WireProperties) {
      const { replaceOnChanges, needsUpdate, schema } = handlerOf(urn);
      const changed = inputNames(schema).filter((name) => !isDeepStrictEqual(olds[name], news[name]));
      return {
        changes: changed.length > 0 || (needsUpdate?.(olds) ?? false),
        replaces: changed.filter((name) => replaceOnChanges.includes(name)),
        deleteBeforeReplace: true,
      };
    },
    async create(urn, news: WireProperties) {
      const handler = handlerOf(urn);
      refuseUnknown(news);
      const outputs = await handler.create(parseInputs(handler.schema, news), contextOf(urn, news));
      return { id: nameOf(urn), outs: { ...news, ...outputs } };
    },
    async read(id, urn, state: WireProperties) {
      const handler = handlerOf(urn);
      const outputs = await handler.read(parseInputs(handler.schema, state), contextOf(urn, state), state);
      if (outputs === undefined) return { id: "", props: {} };
      const inputs = pick(state, inputNames(handler.schema));
      return { id, props: { ...inputs, ...outputs }, inputs };
    },
    async update(_id, urn, olds: WireProperties, news: WireProperties) {
      const handler = handlerOf(urn);
      refuseUnknown(news);
      const outputs = await handler.update(
        parseInputs(handler.schema, olds),
        parseInputs(handler.schema, news),
        contextOf(urn, olds, news),
      );
      return { outs: { ...news, ...outputs } };
    },
    async delete(_id, urn, state: WireProperties) {
      const handler = handlerOf(urn);
      await handler.delete(parseInputs(handler.schema, state), contextOf(urn, state));
    },
    async cancel() {
      cancellation.abort();
    },
  };
}

/** urn:pulumi:STACK::PROJECT::PARENT$TYPE::NAME */
function typeOf(urn: string): string {
  return urn.split("::")[2]?.split("$").at(-1) ?? "";
}

function nameOf(urn: string): string {
  return urn.split("::").slice(3).join("::");
}

function inputNames(schema: AnyHandler["schema"]): string[] {
  return Object.keys(Reflect.get(schema, "shape") as object);
}

function pick(properties: WireProperties, names: string[]): WireProperties {
  return Object.fromEntries(
    names.filter((name) => properties[name] !== undefined).map((name) => [name, properties[name]]),
  );
}

function refuseUnknown(inputs: WireProperties): void {
  if (hasUnknown(inputs)) throw new Error("an input is not known yet; is a preview being applied?");
}
