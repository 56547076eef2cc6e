// Azure Blob and Storage Queue: azurite, with access tokens as in the cloud. The SDK exchanges a federated token at an
// authority (access-tokens.mjs) and shows what it gets over HTTPS; nobody uses an account key. Authority and certificate
// serve the suites' stand-in for Key Vault too.
import { randomBytes } from "node:crypto";
import { writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { generate } from "selfsigned";
import { startAccessTokens } from "./access-tokens.mjs";
import { freePort, startServer } from "./emulator.mjs";

const account = "skyloomtest";

async function createCertificate(folder) {
  const { cert, private: key } = await generate([{ name: "commonName", value: "skyloom test" }], {
    algorithm: "sha256",
    keyType: "ec",
    extensions: [
      { name: "basicConstraints", cA: true },
      { name: "subjectAltName", altNames: [{ type: 7, ip: "127.0.0.1" }] },
    ],
  });
  const files = { certificateFile: join(folder, "certificate.pem"), keyFile: join(folder, "key.pem") };
  writeFileSync(files.certificateFile, cert);
  writeFileSync(files.keyFile, key, { mode: 0o600 });
  return { ...files, cert, key };
}

async function startEmulator(folder, { certificateFile, keyFile }) {
  const program = createRequire(import.meta.url).resolve("azurite/dist/src/azurite.js");
  const ports = { blob: await freePort(), queue: await freePort(), table: await freePort() };
  const stop = await startServer({
    name: "azurite",
    command: process.execPath,
    args: [
      ...["--no-warnings", program, "--silent", "--disableTelemetry", "--location", folder],
      ...["--oauth", "basic", "--cert", certificateFile, "--key", keyFile],
      // The SDK may speak a version of the protocol that is newer than the emulator.
      "--skipApiVersionCheck",
      ...Object.entries(ports).flatMap(([service, port]) => [`--${service}Port`, String(port)]),
    ],
    // The queue service listens after the blob service.
    port: ports.queue,
    dataFolder: folder,
    environment: { AZURITE_ACCOUNTS: `${account}:${randomBytes(64).toString("base64")}` },
  });
  return { stop, ports };
}

export default {
  name: "azurite",
  suites: ["azure"],
  async start({ dataFolder }) {
    const certificate = await createCertificate(dataFolder);
    const federatedTokenFile = join(dataFolder, "federated-token");
    writeFileSync(federatedTokenFile, "valid");
    const tokens = await startAccessTokens(certificate);
    const emulator = await startEmulator(dataFolder, certificate).catch(async (error) => {
      await tokens.stop();
      throw error;
    });
    return {
      environment: {
        // Node reads it when it starts: the suites run in processes of their own.
        NODE_EXTRA_CA_CERTS: certificate.certificateFile,
        AZURE_AUTHORITY_HOST: tokens.url,
        AZURE_TENANT_ID: tokens.tenant,
        AZURE_CLIENT_ID: "00000000-0000-0000-0000-00000000c11e",
        AZURE_FEDERATED_TOKEN_FILE: federatedTokenFile,
        SKYLOOM_TEST_AZURE_ACCOUNT: account,
        SKYLOOM_TEST_AZURE_CERTIFICATE: certificate.certificateFile,
        SKYLOOM_TEST_AZURE_KEY: certificate.keyFile,
        SKYLOOM_TEST_AZURE_BLOB: `https://127.0.0.1:${emulator.ports.blob}`,
        SKYLOOM_TEST_AZURE_QUEUE: `https://127.0.0.1:${emulator.ports.queue}`,
      },
      async stop() {
        await emulator.stop();
        await tokens.stop();
      },
    };
  },
};
