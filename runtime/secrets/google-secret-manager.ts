import { SecretManagerServiceClient } from "@google-cloud/secret-manager";
import { credentials } from "@grpc/grpc-js";
import { requireGoogleCredentials } from "../google-credentials.ts";
import { googleCode, googleFailure } from "../google-errors.ts";
import type { SecretFailure } from "./secret-errors.ts";
import { createSecretReader } from "./secret-reader.ts";
import type { SecretStore } from "./secret-store.ts";

export interface GoogleSecretManagerOptions {
  url: string;
  project: string;
  /** Before the `-` of each secret's name. */
  prefix: string;
  /** Default: the service's. One with `http:` is an emulator: it is sent no credentials. */
  endpoint?: string | undefined;
}

const code = {
  deadlineExceeded: 4,
  notFound: 5,
  permissionDenied: 7,
  resourceExhausted: 8,
  failedPrecondition: 9,
  unavailable: 14,
} as const;

/** The SDK would try for ten minutes, a minute each. */
const callOptions = {
  retry: {
    retryCodes: [code.unavailable, code.resourceExhausted, code.deadlineExceeded],
    backoffSettings: {
      initialRetryDelayMillis: 200,
      retryDelayMultiplier: 2,
      maxRetryDelayMillis: 5000,
      initialRpcTimeoutMillis: 5000,
      rpcTimeoutMultiplier: 1,
      maxRpcTimeoutMillis: 5000,
      totalTimeoutMillis: 20_000,
    },
  },
};

/**
 * Google Secret Manager, of each secret the version `latest`. Credentials come from the SDK's default chain, in a cluster
 * from Workload Identity.
 */
export function createGoogleSecretManager(options: GoogleSecretManagerOptions): SecretStore {
  const { url, project, prefix, endpoint } = options;
  const isEmulator = endpoint?.startsWith("http:") === true;
  const client = new SecretManagerServiceClient(clientOptions(endpoint, isEmulator));
  const idOf = (name: string) => `projects/${project}/secrets/${prefix}-${name}`;

  return createSecretReader({
    url,
    idOf,
    permission: "secretmanager.versions.access, as the role roles/secretmanager.secretAccessor has it,",
    async read(name) {
      if (!isEmulator) await requireGoogleCredentials(client.auth);
      const [version] = await client.accessSecretVersion(
        { name: `${idOf(name)}/versions/latest` },
        callOptions,
      );
      const data = version.payload?.data ?? "";
      return typeof data === "string" ? Buffer.from(data, "base64") : data;
    },
    failureOf,
    close: () => client.close(),
  });
}

function clientOptions(endpoint: string | undefined, isEmulator: boolean) {
  if (endpoint === undefined) return {};
  const { hostname, port } = new URL(endpoint);
  return {
    apiEndpoint: hostname,
    port: Number(port || (isEmulator ? 80 : 443)),
    ...(isEmulator && { sslCreds: credentials.createInsecure() }),
  };
}

function failureOf(error: unknown): SecretFailure | undefined {
  switch (googleCode(error)) {
    case code.notFound:
    // The latest version is disabled or destroyed.
    case code.failedPrecondition:
      return "missing";
    case code.permissionDenied:
      return "forbidden";
    default:
      return googleFailure(error);
  }
}
