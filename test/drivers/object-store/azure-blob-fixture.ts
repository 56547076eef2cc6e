import { randomUUID } from "node:crypto";
import { ContainerClient } from "@azure/storage-blob";
import { azureCredential } from "../../../runtime/azure/credential.ts";
import { createObjectStore } from "../../../runtime/object-store/create-object-store.ts";
import { account, blobEndpoint, createAzureFaults } from "../azure.ts";

export async function createAzureBlobFixture() {
  const container = `contract-${randomUUID()}`;
  await new ContainerClient(`${blobEndpoint()}/${account()}/${container}`, azureCredential()).create();
  const faults = await createAzureFaults(blobEndpoint());
  const urlAt = (endpoint: string, name = container) =>
    `azblob://${account()}/${name}?endpoint=${encodeURIComponent(endpoint)}`;
  return {
    store: await createObjectStore(urlAt(blobEndpoint())),
    another: await createObjectStore(urlAt(blobEndpoint())),
    url: urlAt(blobEndpoint()),
    faults,
    behindFaults: await createObjectStore(urlAt(faults.url)),
    missing: await createObjectStore(urlAt(blobEndpoint(), `missing-${randomUUID()}`)),
    dispose: () => faults.close(),
  };
}
