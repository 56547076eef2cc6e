import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { capabilities } from "../../../components/clouds/local/capabilities.ts";
import { createLocalCloud } from "../../../components/clouds/local/local-cloud.ts";
import type { CloudFixture } from "./cloud-fixture.ts";
import { readExampleStack } from "./example-settings.ts";
import { recordLocalProgram } from "./record-local-program.ts";

const stateFolder = mkdtempSync(join(tmpdir(), "cloud-contract-"));
process.once("exit", () => rmSync(stateFolder, { recursive: true, force: true }));
const example = readExampleStack("local", stateFolder);
const none = () => {
  throw new Error("this machine has none");
};

export const localFixture: CloudFixture = {
  name: "local",
  create: createLocalCloud,
  record: recordLocalProgram,
  capabilities,
  // Nothing is started: these ports are only looked at; below those that the system gives to whoever asks for any.
  development: { ...example, settings: { ...example.settings, port: 21_110 } },
  production: { reason: "this machine keeps its data when a stack goes; nothing else on it is lasting" },
  providerConfigIn: () => ({}),
  urls: {
    bucket: /^file:\/\/\/.+/,
    queue: /^sqlite:\/\/\/.+\.db$/,
    deadLetter: /^sqlite:\/\/\/.+\.db/,
    secrets: /^file:\/\/\/.+\/secrets$/,
  },
  secretsNamedLate: false,
  holdsForSecret: none,
  readsSecrets: /^$/,
  kept: {
    cluster: "skyloom:local:Cluster",
    bucket: "skyloom:local:Bucket",
    registry: "skyloom:local:Registry",
  },
  workloadType: "skyloom:local:Process",
  shows: {
    foundation: ({ type }) => type === "skyloom:local:Bucket",
    registry: ({ type }) => /registry|repository/i.test(type),
    workloadIdentity: ({ type }) => /identity|role|account/i.test(type),
    gpuPools: ({ type }) => /pool/i.test(type),
    budget: ({ type }) => /budget/i.test(type),
    privateNetwork: ({ type }) => /network|subnet/i.test(type),
  },
  elsewhere: { region: "here", accelerator: "b200" },
  machineTypeWithoutGpu: "laptop",
  smallQuotas: {},
  gpuPool: none,
  wholeProject: /^$/,
  permissions: none,
};
