// Stands in for Google Secret Manager, since no emulator of it runs here: the five methods that the driver and the suites
// use, over gRPC with the messages of Google's own client library, and with the statuses and words of the service
// (https://cloud.google.com/secret-manager/docs/reference/rpc). It has no TLS and asks nobody who he is; other than the
// service it takes payloads of any size.
import { protos } from "@google-cloud/secret-manager";
import {
  type handleUnaryCall,
  type MethodDefinition,
  Server,
  ServerCredentials,
  type ServiceDefinition,
  status,
  type UntypedServiceImplementation,
} from "@grpc/grpc-js";

const v1 = protos.google.cloud.secretmanager.v1;
const service = "google.cloud.secretmanager.v1.SecretManagerService";

interface Version {
  data: Uint8Array;
  state: "ENABLED" | "DISABLED";
}

export interface SecretManagerServer {
  url: string;
  close: () => Promise<void>;
}

class StatusError extends Error {
  readonly code: status;
  readonly details: string;

  constructor(code: status, details: string) {
    super(details);
    this.code = code;
    this.details = details;
  }
}

/** A static message class of protobufjs. */
interface Message<Value> {
  encode(message: Value): { finish(): Uint8Array };
  decode(bytes: Uint8Array): Value;
}

/**
 * @param options.mayRead whether whoever asks has a role that lets it read. Default true.
 * @param options.garbled bytes to be answered instead of a message.
 */
export async function startSecretManagerServer({
  mayRead = true,
  garbled,
}: {
  mayRead?: boolean;
  garbled?: Buffer;
} = {}): Promise<SecretManagerServer> {
  const secrets = new Map<string, Version[]>();
  const definition: Record<string, MethodDefinition<unknown, unknown>> = {};
  const implementation: UntypedServiceImplementation = {};

  function add<Request, Response>(
    name: string,
    requestType: Message<Request>,
    responseType: Message<Response>,
    answer: (request: Request) => Response,
  ): void {
    definition[name] = {
      path: `/${service}/${name}`,
      requestStream: false,
      responseStream: false,
      requestSerialize: (request) => Buffer.from(requestType.encode(request as Request).finish()),
      requestDeserialize: (bytes) => requestType.decode(bytes),
      responseSerialize: (response) =>
        garbled ?? Buffer.from(responseType.encode(response as Response).finish()),
      responseDeserialize: (bytes) => responseType.decode(bytes),
    };
    const handle: handleUnaryCall<Request, Response> = ({ request }, callback) => {
      try {
        callback(null, answer(request));
      } catch (error) {
        callback(error as StatusError);
      }
    };
    implementation[name] = handle;
  }

  function versionsOf(name: unknown): Version[] {
    const versions = secrets.get(String(name));
    if (versions === undefined) throw new StatusError(status.NOT_FOUND, `Secret [${name}] not found.`);
    return versions;
  }

  /** `projects/P/secrets/S/versions/NUMBER`, or `latest` for the number. */
  function versionOf(name: unknown): { name: string; version: Version } {
    const [, secret = "", number] = /^(projects\/.+\/secrets\/.+)\/versions\/(.+)$/.exec(String(name)) ?? [];
    const versions = versionsOf(secret);
    const index = number === "latest" ? versions.length : Number(number);
    const version = versions[index - 1];
    if (version === undefined)
      throw new StatusError(status.NOT_FOUND, `Secret [${secret}] not found or has no versions: ${number}`);
    return { name: `${secret}/versions/${index}`, version };
  }

  add("CreateSecret", v1.CreateSecretRequest, v1.Secret, ({ parent, secretId }) => {
    if (!/^[A-Za-z0-9_-]{1,255}$/.test(String(secretId)))
      throw new StatusError(status.INVALID_ARGUMENT, `Secret ID [${secretId}] is invalid.`);
    const name = `${parent}/secrets/${secretId}`;
    if (secrets.has(name)) throw new StatusError(status.ALREADY_EXISTS, `Secret [${name}] already exists.`);
    secrets.set(name, []);
    return v1.Secret.create({ name });
  });
  add("AddSecretVersion", v1.AddSecretVersionRequest, v1.SecretVersion, ({ parent, payload }) => {
    const versions = versionsOf(parent);
    versions.push({ data: payload?.data as Uint8Array, state: "ENABLED" });
    return v1.SecretVersion.create({ name: `${parent}/versions/${versions.length}` });
  });
  add("DisableSecretVersion", v1.DisableSecretVersionRequest, v1.SecretVersion, (request) => {
    const { name, version } = versionOf(request.name);
    version.state = "DISABLED";
    return v1.SecretVersion.create({ name });
  });
  add("DeleteSecret", v1.DeleteSecretRequest, protos.google.protobuf.Empty, ({ name }) => {
    versionsOf(name);
    secrets.delete(String(name));
    return protos.google.protobuf.Empty.create();
  });
  add("AccessSecretVersion", v1.AccessSecretVersionRequest, v1.AccessSecretVersionResponse, (request) => {
    if (!mayRead)
      throw new StatusError(
        status.PERMISSION_DENIED,
        `Permission 'secretmanager.versions.access' denied for resource '${request.name}' (or it may not exist).`,
      );
    if (garbled !== undefined) return v1.AccessSecretVersionResponse.create();
    const { name, version } = versionOf(request.name);
    if (version.state === "DISABLED")
      throw new StatusError(status.FAILED_PRECONDITION, `Secret Version [${name}] is in DISABLED state.`);
    return v1.AccessSecretVersionResponse.create({ name, payload: { data: version.data } });
  });

  const server = new Server({ "grpc.max_receive_message_length": 1 << 20 });
  server.addService(definition as ServiceDefinition, implementation);
  const port = await new Promise<number>((resolve, reject) =>
    server.bindAsync("127.0.0.1:0", ServerCredentials.createInsecure(), (error, bound) =>
      error === null ? resolve(bound) : reject(error),
    ),
  );
  return {
    url: `http://127.0.0.1:${port}`,
    close: async () => server.forceShutdown(),
  };
}
