import { randomUUID } from "node:crypto";
import { SecretManagerServiceClient } from "@google-cloud/secret-manager";
import { credentials } from "@grpc/grpc-js";
import { createSecretStore } from "../../../runtime/secrets/create-secret-store.ts";
import { supported } from "../../contracts/contract.ts";
import {
  marker,
  type RemoteSecretStoreFixture,
  type SecretStoreCapabilities,
} from "../../contracts/secrets.ts";
import { createGrpcFaults } from "../grpc-faults.ts";
import { startSecretManagerServer } from "./google-secret-manager-server.ts";
import { startSilentServer } from "./silent-server.ts";

export const googleCapabilities: SecretStoreCapabilities = { holdsBytes: supported, maximumBytes: 64 * 1024 };

const project = "skyloom-test";

export async function createGoogleFixture(): Promise<RemoteSecretStoreFixture> {
  const prefix = `contract-${randomUUID()}`;
  const server = await startSecretManagerServer();
  const refusing = await startSecretManagerServer({ mayRead: false });
  // A field of the message that says it is longer than the message.
  const garbling = await startSecretManagerServer({ garbled: Buffer.from(`\x12\x7f${marker}`) });
  const silentServer = await startSilentServer();
  const faults = await createGrpcFaults(server.url);
  const { hostname, port } = new URL(server.url);
  const admin = new SecretManagerServiceClient({
    apiEndpoint: hostname,
    port: Number(port),
    sslCreds: credentials.createInsecure(),
  });
  const urlAt = (endpoint: string) =>
    `gcpsecrets://${project}/${prefix}?endpoint=${encodeURIComponent(endpoint)}`;
  const stores = {
    store: await createSecretStore(urlAt(server.url)),
    behindFaults: await createSecretStore(urlAt(faults.url)),
    denied: await createSecretStore(urlAt(refusing.url)),
    garbled: await createSecretStore(urlAt(garbling.url)),
    silent: await createSecretStore(urlAt(`http://${silentServer.host}`)),
    unreachable: await createSecretStore(urlAt("http://127.0.0.1:1")),
  };
  const parent = `projects/${project}`;
  const idOf = (name: string) => `${parent}/secrets/${prefix}-${name}`;
  const known = new Set<string>();
  return {
    ...stores,
    url: urlAt(server.url),
    capabilities: googleCapabilities,
    // No part of an answer is seen before its whole.
    faults: { ...faults, cutContents: faults.loseAnswers },
    permission: /secretmanager\.versions\.access.* on projects\/.*-key: .*denied for resource/,
    async put(name, value) {
      const secret = { replication: { automatic: {} } };
      if (!known.has(name)) await admin.createSecret({ parent, secretId: `${prefix}-${name}`, secret });
      known.add(name);
      await admin.addSecretVersion({ parent: idOf(name), payload: { data: Buffer.from(value) } });
    },
    async remove(name) {
      await admin.deleteSecret({ name: idOf(name) });
    },
    async makeUnreadable(name) {
      await admin.disableSecretVersion({ name: `${idOf(name)}/versions/1` });
    },
    async dispose() {
      await Promise.all([...Object.values(stores), admin].map((client) => client.close()));
      await Promise.all([faults, server, refusing, garbling, silentServer].map((each) => each.close()));
    },
  };
}
