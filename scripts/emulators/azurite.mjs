// Azure's storage services as Microsoft's own emulator, with access tokens as in the cloud: the SDK exchanges a
// federated token at an authority (access-tokens.mjs) and shows what it gets over HTTPS. No account key is used.
import { spawn } from "node:child_process";
import { randomBytes } from "node:crypto";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { generate } from "selfsigned";
import { startAccessTokens } from "./access-tokens.mjs";

const account = "skyloomtest";

/**
 * Starts the emulator on free ports of the loopback address, with its data in a temporary folder.
 * @returns {Promise<{environment: Record<string, string>, stop: () => Promise<void>}>} `environment` is what a process
 * of the tests must be started with: Node reads further certificates only when it starts.
 */
export async function startAzurite() {
  const folder = await mkdtemp(join(tmpdir(), "skyloom-azurite-"));
  const certificate = await createCertificate(folder);
  const tokens = await startAccessTokens(certificate);
  const emulator = await startEmulator(folder, certificate).catch(async (error) => {
    await tokens.stop();
    await rm(folder, { recursive: true, force: true });
    throw error;
  });
  return {
    environment: {
      NODE_EXTRA_CA_CERTS: certificate.certificateFile,
      AZURE_AUTHORITY_HOST: tokens.url,
      AZURE_TENANT_ID: tokens.tenant,
      AZURE_CLIENT_ID: "00000000-0000-0000-0000-00000000c11e",
      AZURE_FEDERATED_TOKEN_FILE: certificate.federatedTokenFile,
      TEST_AZURE_ACCOUNT: account,
      TEST_AZURE_BLOB_ENDPOINT: emulator.blob,
      TEST_AZURE_QUEUE_ENDPOINT: emulator.queue,
    },
    async stop() {
      await emulator.stop();
      await tokens.stop();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

async function createCertificate(folder) {
  const { cert, private: key } = await generate([{ name: "commonName", value: "skyloom test" }], {
    algorithm: "sha256",
    keyType: "ec",
    extensions: [
      { name: "basicConstraints", cA: true },
      {
        name: "subjectAltName",
        altNames: [
          { type: 2, value: "localhost" },
          { type: 7, ip: "127.0.0.1" },
        ],
      },
    ],
  });
  const files = {
    certificateFile: join(folder, "certificate.pem"),
    keyFile: join(folder, "key.pem"),
    federatedTokenFile: join(folder, "federated-token"),
  };
  await writeFile(files.certificateFile, cert);
  await writeFile(files.keyFile, key, { mode: 0o600 });
  await writeFile(files.federatedTokenFile, "valid");
  return { ...files, cert, key };
}

async function startEmulator(folder, { certificateFile, keyFile }) {
  const program = createRequire(import.meta.url).resolve("azurite/dist/src/azurite.js");
  const parameters = ["--silent", "--disableTelemetry", "--oauth", "basic", "--cert", certificateFile];
  parameters.push("--key", keyFile, "--location", join(folder, "data"));
  for (const service of ["blob", "queue", "table"]) parameters.push(`--${service}Port`, "0");
  // The SDK may speak a version of the protocol that is newer than the emulator.
  parameters.push("--skipApiVersionCheck");
  const child = spawn(process.execPath, ["--no-warnings", program, ...parameters], {
    stdio: ["ignore", "pipe", "inherit"],
    env: { ...process.env, AZURITE_ACCOUNTS: `${account}:${randomBytes(64).toString("base64")}` },
  });
  const ended = new Promise((resolve) => child.once("exit", resolve));
  const urls = await listeningUrls(child);
  return {
    ...urls,
    async stop() {
      child.kill("SIGTERM");
      const kill = setTimeout(() => child.kill("SIGKILL"), 5000);
      await ended;
      clearTimeout(kill);
    },
  };
}

function listeningUrls(child) {
  const urls = {};
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => fail("has not started within 60 seconds"), 60_000);
    const fail = (problem) => {
      clearTimeout(timer);
      child.kill("SIGKILL");
      reject(new Error(`azurite ${problem}`));
    };
    child.once("error", (error) => fail(`cannot be started: ${error.message}`));
    child.once("exit", (status) => fail(`ended with exit status ${status}`));
    createInterface({ input: child.stdout }).on("line", (line) => {
      const [, service, url] = /(Blob|Queue) service successfully listens on (\S+)/.exec(line) ?? [];
      if (service !== undefined) urls[service.toLowerCase()] = url;
      if (urls.blob === undefined || urls.queue === undefined) return;
      clearTimeout(timer);
      resolve(urls);
    });
  });
}
