import { capabilities } from "../../components/clouds/existing/capabilities.ts";
import { createExistingCloud } from "../../components/clouds/existing/existing-cloud.ts";
import { recordProgram } from "../../simulator/recording/record-program.ts";
import type { CloudFixture } from "../contracts/cloud/cloud-fixture.ts";
import { readExampleStack } from "../contracts/cloud/example-settings.ts";

const example = readExampleStack("existing", "/nowhere");
const { existing } = example.settings;
if (existing === undefined) throw new Error("the stack existing has no skyloom:existing");
const credentials = {
  accessKeyId: "AKIAIOSFODNN7EXAMPLE",
  secretAccessKey: "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY",
};
const none = () => {
  throw new Error("a cluster that was there has none");
};

/** The cluster of KUBECONFIG, which the checks before the first resource really ask; objects are recorded. */
export const existingFixture: CloudFixture = {
  name: "existing",
  create: createExistingCloud,
  record: recordProgram,
  capabilities,
  development: {
    settings: {
      ...example.settings,
      existing: {
        ...existing,
        // Nobody has made it, so that the secret may come later.
        namespace: "cloud-contract",
        secrets: "workflow-secrets",
        // No accelerator is described, so that a GPU pool cannot be had.
        accelerators: {},
      },
    },
    providerConfig: { "skyloom:credentials": JSON.stringify(credentials) },
  },
  production: { reason: "the stack owns nothing here that would be lost with it" },
  providerConfigIn: () => ({}),
  urls: {
    bucket: /^s3:\/\/\w+\?/,
    queue: /^sqs:\/\/\d{12}\/\w+\?/,
    deadLetter: /^sqs:\/\/.*dead-letter/,
    secrets: /^file:\/\/\/var\/run\/skyloom\/secrets$/,
  },
  secretsNamedLate: false,
  holdsForSecret: none,
  readsSecrets: /^$/,
  kept: { cluster: "", bucket: "", registry: "" },
  workloadType: "kubernetes:apps/v1:Deployment",
  shows: {
    foundation: ({ type }) => !/^(kubernetes|skyloom|pulumi):/.test(type),
    registry: ({ type, inputs }) =>
      type === "kubernetes:apps/v1:Deployment" && /@sha256:/.test(JSON.stringify(inputs.spec)),
    workloadIdentity: ({ type }) => /identity|role|account$/i.test(type) && !type.startsWith("kubernetes:"),
    gpuPools: ({ type }) => /pool/i.test(type),
    budget: ({ type }) => /budget$/i.test(type) && !/disruption/i.test(type),
    privateNetwork: ({ type }) => /:(network|subnet)$/i.test(type),
  },
  elsewhere: { region: "here", accelerator: "b200" },
  machineTypeWithoutGpu: "rack",
  smallQuotas: {},
  gpuPool: none,
  wholeProject: /^$/,
  permissions: none,
};
