import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createAzureCloud } from "../../../components/clouds/azure/azure-cloud.ts";
import { capabilities } from "../../../components/clouds/azure/capabilities.ts";
import { type RecordOptions, recordProgram } from "../../../simulator/recording/record-program.ts";
import { accessToken, startResourceManager } from "../../../simulator/resource-manager.ts";
import { Store } from "../../../simulator/store.ts";
import type { CloudFixture } from "./cloud-fixture.ts";
import { readExampleStack } from "./example-settings.ts";

const development = readExampleStack("dev-azure", "/nowhere");
const AGENT_POOL = "azure-native:containerservice:AgentPool";
/** Built-in roles by id (MicrosoftDocs/azure-docs, articles/role-based-access-control/built-in-roles.md). */
const ROLES: Record<string, string> = {
  "4633458b-17de-408a-b874-0445c86b69e6": "Key Vault Secrets User",
  "ba92f5b4-2d11-453d-a403-e96b0029c9fe": "Storage Blob Data Contributor",
  "2a2b9908-6ea1-4ae2-8e65-a410df84e7d1": "Storage Blob Data Reader",
  "974c5e8b-45b9-4653-ba55-5f855dd0fb88": "Storage Queue Data Contributor",
  "19e7f393-937e-4f77-808e-94535e297925": "Storage Queue Data Reader",
};

export const azureFixture: CloudFixture = {
  name: "azure",
  create: createAzureCloud,
  record: recordWithQuotas,
  capabilities,
  development,
  production: readExampleStack("prod-azure", "/nowhere"),
  providerConfigIn: (region) => ({ ...development.providerConfig, "azure-native:location": region }),
  urls: {
    bucket: /^azblob:\/\/[a-z0-9]{3,24}\/[a-z0-9-]{3,63}$/,
    queue: /^azqueue:\/\/[a-z0-9]{3,24}\/[a-z0-9-]{3,63}\?deadLetters=[a-z0-9-]{3,63}$/,
    secrets: /^azkeyvault:\/\/[a-z][a-z0-9-]{1,22}[a-z0-9]$/,
    deadLetter: /^https:\/\/[a-z0-9]{3,24}\.queue\.core\.windows\.net\/[a-z0-9-]*dead-letter$/,
  },
  secretsNamedLate: true,
  holdsForSecret: (target, url) => target.endsWith(`/Microsoft.KeyVault/vaults/${new URL(url).host}`),
  readsSecrets: /^Key Vault Secrets User$/,
  kept: {
    cluster: "azure-native:containerservice:ManagedCluster",
    bucket: "azure-native:storage:BlobContainer",
    registry: "azure-native:containerregistry:Registry",
  },
  workloadType: "kubernetes:apps/v1:Deployment",
  shows: {
    foundation: ({ type }) => type.endsWith(":BlobContainer"),
    registry: ({ type }) => type === "azure-native:containerregistry:Registry",
    workloadIdentity: ({ type }) => type === "azure-native:managedidentity:FederatedIdentityCredential",
    gpuPools: ({ type, inputs }) => type === AGENT_POOL && inputs.gpuProfile?.driver === "Install",
    budget: ({ type, inputs }) =>
      type === "azure-native:consumption:Budget" && Object.keys(inputs.notifications).length > 0,
    privateNetwork: ({ type, inputs }) =>
      type === AGENT_POOL && inputs.enableNodePublicIP !== true && inputs.vnetSubnetID !== undefined,
  },
  elsewhere: { region: "westeurope", accelerator: "h200" },
  machineTypeWithoutGpu: "Standard_D4s_v5",
  smallQuotas: { "azure/lowPriorityCores": 0 },
  gpuPool(recording, name) {
    const { inputs } = recording.one(AGENT_POOL, `pool-${name}`);
    return {
      minimum: inputs.minCount,
      maximum: inputs.maxCount,
      spot: inputs.scaleSetPriority === "Spot",
      labels: inputs.nodeLabels,
      taints: inputs.nodeTaints,
      // AKS repairs the nodes of every pool (https://learn.microsoft.com/azure/aks/node-auto-repair).
      repairs: true,
    };
  },
  wholeProject: /^$/,
  permissions: ({ inputs }) => {
    const id = String(inputs.roleDefinitionId).split("/").at(-1) ?? "";
    return [{ actions: [ROLES[id] ?? id], targets: [inputs.scope] }];
  },
};

/** Quotas are no data source there: a simulated resource manager answers, which the access token names. */
async function recordWithQuotas<Result>(program: () => Promise<Result> | Result, options: RecordOptions) {
  const folder = mkdtempSync(join(tmpdir(), "quotas-"));
  writeFileSync(join(folder, "quotas.json"), JSON.stringify(options.quotas ?? {}));
  const manager = await startResourceManager(new Store(folder));
  try {
    const invokes = {
      "azure-native:authorization:getClientToken": () => ({ token: accessToken(manager.address) }),
      ...options.invokes,
    };
    return await recordProgram(program, { ...options, invokes });
  } finally {
    await manager.close();
    rmSync(folder, { recursive: true });
  }
}
