import type grpc from "@grpc/grpc-js";
import plugin from "@pulumi/pulumi/proto/plugin_pb.js";
import proto from "@pulumi/pulumi/proto/provider_pb.js";
import empty from "google-protobuf/google/protobuf/empty_pb.js";
import type { CheckFailure } from "./check/validate.ts";
import {
  checkConfiguration,
  decodeConfiguration,
  missingConfiguration,
  replacingOptions,
} from "./configuration.ts";
import type { FaultInjector } from "./fault-injector.ts";
import type { Provider, Target } from "./provider.ts";
import { ProviderError } from "./provider-error.ts";
import { type Handler, respond } from "./respond.ts";
import { PACKAGES, type PackageName, sdkOf } from "./schema/locate.ts";
import { packageOf, type SchemaRepository } from "./schema/repository.ts";
import { createSession } from "./session.ts";
import type { Sessions } from "./sessions.ts";
import { UNKNOWN } from "./values.ts";
import { fromWire, toWire } from "./wire.ts";

type Call = grpc.ServerUnaryCall<unknown, unknown>;

function packageFor(token: string): PackageName {
  const name = packageOf(token);
  if (name) return name;
  throw new ProviderError(
    "unimplemented",
    `the simulator has no provider for '${token}': it knows ${PACKAGES.join(", ")}`,
  );
}

/** The type token of an URN: the last of its type chain. */
function typeOf(urn: string): string {
  return urn.split("::")[2]?.split("$").at(-1) ?? "";
}

function failures(list: CheckFailure[]): proto.CheckFailure[] {
  return list.map(({ property, reason }) => {
    const failure = new proto.CheckFailure();
    failure.setProperty(property);
    failure.setReason(reason);
    return failure;
  });
}

/** The gRPC methods of a Pulumi provider, over the simulated one. */
export function createHandlers(
  provider: Provider,
  sessions: Sessions,
  schemas: SchemaRepository,
  faults: FaultInjector,
): { [method: string]: grpc.handleUnaryCall<unknown, unknown> } {
  const target = (call: Call, urn: string): Target => {
    const type = typeOf(urn);
    return { urn, type, session: sessions.get(call.getPeer(), packageFor(type)) };
  };
  const handlers: { [method: string]: Handler } = {
    ...lifecycle(),
    ...configuration(sessions, schemas, faults),
    ...resources(provider, target),
    async invoke(call) {
      const request = call.request as proto.InvokeRequest;
      const token = request.getTok();
      const session = sessions.get(call.getPeer(), packageFor(token));
      const answer = await provider.invoke(session, token, fromWire(request.getArgs()));
      const response = new proto.InvokeResponse();
      if ("failures" in answer) response.setFailuresList(failures(answer.failures));
      else response.setReturn(toWire(answer.result));
      return response;
    },
  };
  return Object.fromEntries(Object.entries(handlers).map(([name, handler]) => [name, respond(handler)]));
}

/** One port serves all packages, and the engine warns of a version lower than the SDK's: the highest suits them all. */
function highestVersion(): string {
  const versions = PACKAGES.map((name) => sdkOf(name).version);
  return (
    versions.sort((left, right) => left.localeCompare(right, undefined, { numeric: true })).at(-1) ?? "0.0.0"
  );
}

function lifecycle(): { [method: string]: Handler } {
  const version = highestVersion();
  return {
    async getPluginInfo() {
      const info = new plugin.PluginInfo();
      info.setVersion(version);
      return info;
    },
    async getSchema() {
      throw new ProviderError(
        "unimplemented",
        "the simulator has no schema to generate code from: use `pulumi import --generate-code=false`",
      );
    },
    async attach() {
      return new empty.Empty();
    },
    async cancel() {
      return new empty.Empty();
    },
  };
}

function configuration(
  sessions: Sessions,
  schemas: SchemaRepository,
  faults: FaultInjector,
): { [method: string]: Handler } {
  return {
    async checkConfig(call) {
      const request = call.request as proto.CheckRequest;
      const name = packageFor(typeOf(request.getUrn()));
      const schema = schemas.provider(name);
      const inputs = fromWire(request.getNews());
      const response = new proto.CheckResponse();
      response.setFailuresList(failures(checkConfiguration(schema, decodeConfiguration(schema, inputs))));
      response.setInputs(toWire(inputs));
      return response;
    },
    async diffConfig(call) {
      const request = call.request as proto.DiffRequest;
      const name = packageFor(typeOf(request.getUrn()));
      const [olds, news] = [fromWire(request.getOldInputs()), fromWire(request.getNews())];
      const response = new proto.DiffResponse();
      const replaces = replacingOptions(name, olds, news);
      const differs = JSON.stringify(olds) !== JSON.stringify(news);
      response.setChanges(
        differs ? proto.DiffResponse.DiffChanges.DIFF_SOME : proto.DiffResponse.DiffChanges.DIFF_NONE,
      );
      response.setReplacesList(replaces);
      return response;
    },
    async configure(call) {
      const request = call.request as proto.ConfigureRequest;
      const name = packageFor(request.getType() || typeOf(request.getUrn() ?? ""));
      const config = decodeConfiguration(schemas.provider(name), fromWire(request.getArgs()));
      const session = createSession(name, config);
      const urn = request.getUrn() ?? "";
      const fault = await faults.strike({ session, urn, type: `pulumi:providers:${name}` }, "configure");
      if (fault) throw new ProviderError(fault.kind, fault.message);
      const missing = missingConfiguration(session);
      if (missing !== undefined) throw new ProviderError("invalid", missing);
      sessions.add(call.getPeer(), session);
      const response = new proto.ConfigureResponse();
      // Without secrets: the engine unwraps them before and marks them again afterwards.
      response.setAcceptsecrets(false);
      response.setAcceptresources(false);
      response.setAcceptoutputs(false);
      response.setSupportspreview(true);
      return response;
    },
  };
}

const KINDS = {
  add: [proto.PropertyDiff.Kind.ADD, proto.PropertyDiff.Kind.ADD_REPLACE],
  delete: [proto.PropertyDiff.Kind.DELETE, proto.PropertyDiff.Kind.DELETE_REPLACE],
  update: [proto.PropertyDiff.Kind.UPDATE, proto.PropertyDiff.Kind.UPDATE_REPLACE],
} as const;

/** `nodeConfig.machineType` → `nodeConfig`: the engine's short listing names properties of the resource itself. */
function topLevel(path: string): string {
  return path.split(/[.[]/)[0] ?? path;
}

function diffResponse(diff: ReturnType<Provider["diff"]>): proto.DiffResponse {
  const response = new proto.DiffResponse();
  const { DIFF_NONE, DIFF_SOME } = proto.DiffResponse.DiffChanges;
  response.setChanges(diff.changes.size > 0 ? DIFF_SOME : DIFF_NONE);
  response.setHasdetaileddiff(true);
  response.setDeletebeforereplace(diff.deleteBeforeReplace);
  for (const [path, change] of diff.changes) {
    const property = new proto.PropertyDiff();
    property.setKind(KINDS[change.kind][change.replaces ? 1 : 0]);
    property.setInputdiff(true);
    response.getDetaileddiffMap().set(path, property);
  }
  const paths = (list: [string, unknown][]) => [...new Set(list.map(([path]) => topLevel(path)))];
  const all = [...diff.changes];
  response.setDiffsList(paths(all));
  response.setReplacesList(paths(all.filter(([, change]) => change.replaces)));
  return response;
}

function resources(
  provider: Provider,
  target: (call: Call, urn: string) => Target,
): { [method: string]: Handler } {
  return {
    async check(call) {
      const request = call.request as proto.CheckRequest;
      const checked = provider.check(
        target(call, request.getUrn()),
        fromWire(request.getOlds()),
        fromWire(request.getNews()),
      );
      const response = new proto.CheckResponse();
      response.setInputs(toWire(checked.inputs));
      response.setFailuresList(failures(checked.failures));
      return response;
    },
    async diff(call) {
      const request = call.request as proto.DiffRequest;
      return diffResponse(
        provider.diff(
          target(call, request.getUrn()),
          fromWire(request.getOldInputs()),
          fromWire(request.getNews()),
        ),
      );
    },
    async create(call) {
      const request = call.request as proto.CreateRequest;
      const about = target(call, request.getUrn());
      const inputs = fromWire(request.getProperties());
      const response = new proto.CreateResponse();
      if (request.getPreview()) {
        response.setProperties(toWire(provider.previewCreate(about, inputs)));
        return response;
      }
      assertKnown(inputs, about);
      const { id, outputs } = await provider.create(about, inputs);
      response.setId(id);
      response.setProperties(toWire(outputs));
      return response;
    },
    async update(call) {
      const request = call.request as proto.UpdateRequest;
      const about = target(call, request.getUrn());
      const olds = { inputs: fromWire(request.getOldInputs()), outputs: fromWire(request.getOlds()) };
      const news = fromWire(request.getNews());
      const outputs = request.getPreview()
        ? provider.previewUpdate(about, request.getId(), olds, news)
        : await provider.update(about, request.getId(), olds.inputs, news);
      const response = new proto.UpdateResponse();
      response.setProperties(toWire(outputs));
      return response;
    },
    async read(call) {
      const request = call.request as proto.ReadRequest;
      const found = await provider.read(target(call, request.getUrn()), request.getId());
      const response = new proto.ReadResponse();
      if (!found) return response; // an empty id says that it is gone
      response.setId(found.id);
      response.setProperties(toWire(found.outputs));
      response.setInputs(toWire(found.inputs));
      return response;
    },
    async delete(call) {
      const request = call.request as proto.DeleteRequest;
      await provider.delete(target(call, request.getUrn()), request.getId());
      return new empty.Empty();
    },
  };
}

function assertKnown(inputs: object, about: Target): void {
  if (JSON.stringify(inputs).includes(UNKNOWN))
    throw new ProviderError("failed", `${about.urn}: an input is unknown outside of a preview`);
}
