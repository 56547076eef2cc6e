import { randomUUID } from "node:crypto";
import {
  CreateSecretCommand,
  DeleteSecretCommand,
  PutSecretValueCommand,
  ResourceExistsException,
  SecretsManagerClient,
} from "@aws-sdk/client-secrets-manager";
import { createSecretStore } from "../../../runtime/secrets/create-secret-store.ts";
import { supported } from "../../contracts/contract.ts";
import {
  marker,
  type RemoteSecretStoreFixture,
  type SecretStoreCapabilities,
} from "../../contracts/secrets.ts";
import { account, moto, region } from "../aws.ts";
import { createHttpFaults } from "../http-faults.ts";
import { startSilentServer } from "./silent-server.ts";

export const awsCapabilities: SecretStoreCapabilities = { holdsBytes: supported, maximumBytes: 64 * 1024 };

const jsonError = (status: number, type: string, message: string) => ({
  status,
  headers: { "content-type": "application/x-amz-json-1.1" },
  body: JSON.stringify({ __type: type, message }),
});

const answers = {
  throttled: jsonError(400, "ThrottlingException", "Rate exceeded"),
  expired: jsonError(400, "ExpiredTokenException", "The security token included in the request is expired"),
};
/** moto checks permissions for all of its clients or for none. */
const denied = jsonError(
  400,
  "AccessDeniedException",
  "User: arn:aws:sts::123456789012:assumed-role/skyloom/pod is not authorized to perform: secretsmanager:GetSecretValue because no identity-based policy allows the secretsmanager:GetSecretValue action",
);

const garbled = {
  status: 200,
  headers: { "content-type": "application/x-amz-json-1.1" },
  body: `${marker} is no JSON`,
};

/** A service that gives one answer to all. */
async function createAnswering(answer: typeof denied) {
  const faults = await createHttpFaults(moto(), { ...answers, throttled: answer });
  faults.throttle(Number.POSITIVE_INFINITY);
  return faults;
}

export async function createAwsFixture(): Promise<RemoteSecretStoreFixture> {
  const prefix = `contract/${randomUUID()}`;
  const admin = new SecretsManagerClient({ endpoint: moto(), region });
  const faults = await createHttpFaults(moto(), answers, undefined, { contentMethod: "POST" });
  const refusing = await createAnswering(denied);
  const garbling = await createAnswering(garbled);
  const silentServer = await startSilentServer();
  const urlAt = (endpoint: string) =>
    `awssecrets://${account}/${prefix}?region=${region}&endpoint=${encodeURIComponent(endpoint)}`;
  const stores = {
    store: await createSecretStore(urlAt(moto())),
    behindFaults: await createSecretStore(urlAt(faults.url)),
    denied: await createSecretStore(urlAt(refusing.url)),
    garbled: await createSecretStore(urlAt(garbling.url)),
    silent: await createSecretStore(urlAt(`http://${silentServer.host}`)),
    unreachable: await createSecretStore(urlAt("http://127.0.0.1:1")),
  };

  async function put(name: string, value: string | Uint8Array): Promise<void> {
    const content = typeof value === "string" ? { SecretString: value } : { SecretBinary: value };
    try {
      await admin.send(new CreateSecretCommand({ Name: `${prefix}/${name}`, ...content }));
    } catch (error) {
      if (!(error instanceof ResourceExistsException)) throw error;
      await admin.send(new PutSecretValueCommand({ SecretId: `${prefix}/${name}`, ...content }));
    }
  }

  async function remove(name: string, force: boolean): Promise<void> {
    const how = force ? { ForceDeleteWithoutRecovery: true } : { RecoveryWindowInDays: 7 };
    await admin.send(new DeleteSecretCommand({ SecretId: `${prefix}/${name}`, ...how }));
  }

  return {
    ...stores,
    url: urlAt(moto()),
    capabilities: awsCapabilities,
    faults,
    permission: /secretsmanager:GetSecretValue.* on contract\/.*\/key: .*is not authorized/,
    put,
    remove: (name) => remove(name, true),
    makeUnreadable: (name) => remove(name, false),
    async dispose() {
      await Promise.all(Object.values(stores).map((store) => store.close()));
      admin.destroy();
      await Promise.all([faults, refusing, garbling, silentServer].map((server) => server.close()));
    },
  };
}
