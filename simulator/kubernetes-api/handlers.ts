import type grpc from "@grpc/grpc-js";
import plugin from "@pulumi/pulumi/proto/plugin_pb.js";
import proto from "@pulumi/pulumi/proto/provider_pb.js";
import empty from "google-protobuf/google/protobuf/empty_pb.js";
import type struct from "google-protobuf/google/protobuf/struct_pb.js";
import { checkConfiguration, decodeConfiguration } from "../configuration.ts";
import { InitializationError, ProviderError } from "../provider-error.ts";
import { type Handler, respond } from "../respond.ts";
import { sdkOf } from "../schema/locate.ts";
import type { SchemaRepository } from "../schema/repository.ts";
import type { Properties } from "../values.ts";
import { fromWire, toWire } from "../wire.ts";
import { ApiError, explain } from "./api-error.ts";
import type { Inputs, Target } from "./context.ts";
import { decodeYaml } from "./decode-yaml.ts";
import { diffResponse, failureList } from "./diff-response.ts";
import { replacingOptions } from "./replacing-options.ts";
import { redact, secretTexts } from "./secrets.ts";
import type { Session } from "./session.ts";
import { unsupportedOptions } from "./settings.ts";

type Call = grpc.ServerUnaryCall<unknown, unknown>;
type Handlers = { [method: string]: Handler };

/** The gRPC methods of a Pulumi provider, over objects of a real cluster. One process serves one provider instance. */
export function createHandlers(
  session: Session,
  schemas: SchemaRepository,
): { [method: string]: grpc.handleUnaryCall<unknown, unknown> } {
  const handlers: Handlers = {
    ...lifecycle(session),
    ...configuration(session, schemas),
    ...resources(session),
  };
  return Object.fromEntries(Object.entries(handlers).map(([name, handler]) => [name, respond(handler)]));
}

function lifecycle(session: Session): Handlers {
  const refuse = async (): Promise<never> => {
    throw new ProviderError(
      "unimplemented",
      "the stand-in for the Kubernetes provider has no components that run in the provider (yaml/v2, helm/v4, kustomize/v2): declare the objects themselves, use yaml.ConfigFile, or install the official one with `pulumi plugin install resource kubernetes`",
    );
  };
  return {
    async getPluginInfo() {
      const info = new plugin.PluginInfo();
      info.setVersion(sdkOf("kubernetes").version);
      return info;
    },
    async getSchema() {
      throw new ProviderError(
        "unimplemented",
        "the stand-in for the Kubernetes provider has no schema to generate code from: use `pulumi import --generate-code=false`",
      );
    },
    construct: refuse,
    call: refuse,
    async cancel() {
      session.cancel();
      return new empty.Empty();
    },
  };
}

function configuration(session: Session, schemas: SchemaRepository): Handlers {
  const schema = schemas.provider("kubernetes");
  return {
    async checkConfig(call) {
      const request = call.request as proto.CheckRequest;
      const config = decodeConfiguration(schema, fromWire(request.getNews()));
      const response = new proto.CheckResponse();
      response.setFailuresList(
        failureList([...checkConfiguration(schema, config), ...unsupportedOptions(config)]),
      );
      response.setInputs(request.getNews());
      return response;
    },
    async diffConfig(call) {
      const request = call.request as proto.DiffRequest;
      const [olds, news] = [fromWire(request.getOldInputs()), fromWire(request.getNews())];
      const { DIFF_NONE, DIFF_SOME } = proto.DiffResponse.DiffChanges;
      const response = new proto.DiffResponse();
      response.setChanges(JSON.stringify(olds) === JSON.stringify(news) ? DIFF_NONE : DIFF_SOME);
      response.setReplacesList(replacingOptions(olds, news));
      return response;
    },
    async configure(call) {
      const request = call.request as proto.ConfigureRequest;
      await session.configure(decodeConfiguration(schema, fromWire(request.getArgs())));
      const response = new proto.ConfigureResponse();
      response.setAcceptsecrets(true);
      response.setAcceptresources(false);
      response.setAcceptoutputs(false);
      response.setSupportspreview(true);
      return response;
    },
    async invoke(call) {
      const request = call.request as proto.InvokeRequest;
      if (request.getTok() !== "kubernetes:yaml:decode")
        throw new ProviderError(
          "unimplemented",
          `the stand-in for the Kubernetes provider cannot do ${request.getTok()}: install the official one with \`pulumi plugin install resource kubernetes\``,
        );
      const response = new proto.InvokeResponse();
      response.setReturn(toWire(decodeYaml(fromWire(request.getArgs()))));
      return response;
    },
  };
}

type ResourceRequest = proto.CreateRequest | proto.UpdateRequest | proto.DeleteRequest | proto.ReadRequest;

function targetOf(request: ResourceRequest | proto.CheckRequest | proto.DiffRequest): Target {
  const urn = request.getUrn();
  const timeoutSeconds = "getTimeout" in request ? request.getTimeout() : 0;
  return { urn, type: urn.split("::")[2]?.split("$").at(-1) ?? "", timeoutSeconds };
}

function inputsOf(message: struct.Struct | undefined): Inputs {
  const marked = message === undefined ? {} : (message.toJavaScript() as Properties);
  return { plain: fromWire(message), marked };
}

/** Makes errors of the API server readable, and keeps secrets out of every message. */
async function guarded<Result>(inputs: Inputs[], work: () => Promise<Result>): Promise<Result> {
  try {
    return await work();
  } catch (error) {
    const hidden = secretTexts(inputs.map(({ marked, plain }) => ({ kind: plain.kind ?? "", ...marked })));
    if (error instanceof ApiError) throw new ProviderError("failed", redact(explain(error), hidden));
    if (error instanceof ProviderError) throw new ProviderError(error.kind, redact(error.message, hidden));
    if (error instanceof InitializationError)
      throw new InitializationError(redact(error.message, hidden), error);
    throw error;
  }
}

function resources(session: Session): Handlers {
  return { ...examination(session), ...changing(session), ...reading(session) };
}

function examination(session: Session): Handlers {
  return {
    async check(call) {
      const request = call.request as proto.CheckRequest;
      const news = inputsOf(request.getNews());
      const autonaming = request.getAutonaming();
      const naming = {
        seed: request.getRandomseed_asU8(),
        ...(autonaming && {
          proposed: {
            name: autonaming.getProposedName(),
            disabled: autonaming.getMode() === proto.CheckRequest.AutonamingOptions.Mode.DISABLE,
          },
        }),
      };
      const checked = await guarded([news], () =>
        session.planner.check(targetOf(request), fromWire(request.getOlds()), news, naming),
      );
      const response = new proto.CheckResponse();
      response.setInputs(toWire(checked.inputs));
      response.setFailuresList(failureList(checked.failures));
      return response;
    },
    async diff(call) {
      const request = call.request as proto.DiffRequest;
      const olds = { inputs: fromWire(request.getOldInputs()), outputs: fromWire(request.getOlds()) };
      const news = inputsOf(request.getNews());
      return diffResponse(
        await guarded([news], () =>
          session.planner.diff(
            targetOf(request),
            request.getId(),
            olds,
            news.plain,
            request.getIgnorechangesList(),
          ),
        ),
      );
    },
  };
}

function changing(session: Session): Handlers {
  return {
    async create(call) {
      const request = call.request as proto.CreateRequest;
      const inputs = inputsOf(request.getProperties());
      const response = new proto.CreateResponse();
      await guarded([inputs], async () => {
        if (request.getPreview()) {
          response.setProperties(toWire(await session.planner.previewCreate(targetOf(request), inputs)));
          return;
        }
        const { id, outputs } = await session.changer.create(targetOf(request), inputs);
        response.setId(id);
        response.setProperties(toWire(outputs));
      });
      return response;
    },
    async update(call) {
      const request = call.request as proto.UpdateRequest;
      const inputs = inputsOf(request.getNews());
      const olds = { outputs: fromWire(request.getOlds()) };
      const ignored = request.getIgnorechangesList();
      const outputs = await guarded([inputs], async () =>
        request.getPreview()
          ? await session.planner.previewUpdate(targetOf(request), olds, inputs, ignored)
          : (await session.changer.update(targetOf(request), olds, inputs, ignored)).outputs,
      );
      const response = new proto.UpdateResponse();
      response.setProperties(toWire(outputs));
      return response;
    },
    async delete(call) {
      const request = call.request as proto.DeleteRequest;
      if (session.isForgotten) return new empty.Empty();
      const outputs = inputsOf(request.getProperties());
      await guarded([outputs], () =>
        session.changer.delete(targetOf(request), request.getId(), outputs.plain),
      );
      return new empty.Empty();
    },
  };
}

function reading(session: Session): Handlers {
  return {
    async read(call: Call) {
      const request = call.request as proto.ReadRequest;
      const response = new proto.ReadResponse();
      if (session.isForgotten) return response; // an empty id says that it is gone
      const inputs = inputsOf(request.getInputs());
      const outputs = fromWire(request.getProperties());
      const found = await guarded([inputs], () =>
        session.changer.read(targetOf(request), request.getId(), inputs, outputs),
      );
      if (!found) return response;
      response.setId(found.id);
      response.setProperties(toWire(found.outputs));
      response.setInputs(toWire(found.inputs));
      return response;
    },
  };
}
