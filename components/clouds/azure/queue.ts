import { Queue as StorageQueue } from "@pulumi/azure-native/storage/queue.js";
import { output } from "@pulumi/pulumi";
import type { Queue } from "../../cloud.ts";
import { type AzureContext, resourceId } from "./foundation.ts";
import { grantRoles } from "./grants.ts";
import type { AzureStorage } from "./storage-account.ts";

/**
 * A storage queue and a second one for dead letters. Storage queues neither count deliveries nor hide messages by a
 * setting of their own: the queue carries both numbers and its dead-letter queue's name as metadata, for the runtime's
 * driver to act on (keys are C# identifiers, which is what Azure takes).
 */
export function createQueue(context: AzureContext, { account }: AzureStorage): Queue {
  const { dataOptions, inGroup, names, settings } = context;
  const options = { ...dataOptions, protect: settings.deletionProtection };
  const deadLetter = new StorageQueue(
    "dead-letter",
    {
      ...inGroup,
      accountName: account.name,
      queueName: names.deadLetter,
      metadata: { purpose: "deadLetters" },
    },
    options,
  );
  const queue = new StorageQueue(
    "queue",
    {
      ...inGroup,
      accountName: account.name,
      queueName: names.queue,
      metadata: {
        maximumDeliveries: String(settings.queue.maximumDeliveries),
        visibilitySeconds: String(settings.queue.visibilitySeconds),
        deadLetterQueue: names.deadLetter,
      },
    },
    options,
  );
  const url = (name: string) => output(`https://${names.storageAccount}.queue.core.windows.net/${name}`);
  const scope = (name: string) =>
    resourceId(
      context,
      `Microsoft.Storage/storageAccounts/${names.storageAccount}/queueServices/default/queues/${name}`,
    );
  const targets = [
    { name: "queue", scope: scope(names.queue), resource: queue },
    { name: "dead-letter", scope: scope(names.deadLetter), resource: deadLetter },
  ];
  return {
    url: output(`azqueue://${names.storageAccount}/${names.queue}?deadLetters=${names.deadLetter}`),
    deadLetterUrl: url(names.deadLetter),
    // Contributor: to hide a message for longer is an update, which the sender's and processor's roles do not allow.
    grantSendReceive: (identity) => grantRoles(context, identity, "Storage Queue Data Contributor", targets),
    // Azure has no built-in role for the number alone: this one shows messages as well, and takes none.
    grantDepth: (identity) =>
      grantRoles(context, identity, "Storage Queue Data Reader", [
        { name: "queue-depth", scope: scope(names.queue), resource: queue },
      ]),
    scaler: {
      type: "azure-queue",
      metadata: { queueName: names.queue, accountName: names.storageAccount },
      thresholdName: "queueLength",
      // The add-on's own service account carries no identity: the trigger names it.
      authentication: (reader) => ({
        podIdentity: {
          provider: "azure-workload",
          ...(reader?.principal !== undefined && { identityId: reader.principal }),
        },
      }),
    },
  };
}
