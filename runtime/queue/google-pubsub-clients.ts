import { PubSub, v1 } from "@google-cloud/pubsub";
import { requireGoogleCredentials } from "../google-credentials.ts";

export interface PubsubClients {
  publisher: InstanceType<typeof v1.PublisherClient>;
  subscriber: InstanceType<typeof v1.SubscriberClient>;
}

/**
 * The generated clients, opened at the first use; after a failure the next use opens them anew. Used before they
 * are, they would end the process where there are no credentials.
 */
export function createPubsubClients(endpoint: string | undefined) {
  // It reads PUBSUB_EMULATOR_HOST too. No credentials are sent without TLS.
  const { options } = new PubSub(
    endpoint === undefined ? {} : { apiEndpoint: endpoint, emulatorMode: !endpoint.startsWith("https:") },
  );
  const isEmulator = options.sslCreds !== undefined;
  const clientOptions = {
    ...(options as ConstructorParameters<typeof v1.PublisherClient>[0]),
    "grpc.max_receive_message_length": 64 << 20,
  };
  let opened: Promise<PubsubClients> | undefined;

  async function open(): Promise<PubsubClients> {
    const publisher = new v1.PublisherClient(clientOptions);
    const subscriber = new v1.SubscriberClient(clientOptions);
    if (!isEmulator) await requireGoogleCredentials(publisher.auth);
    await Promise.all([publisher.initialize(), subscriber.initialize()]);
    return { publisher, subscriber };
  }

  return {
    isEmulator,
    open(): Promise<PubsubClients> {
      opened ??= open().catch((error) => {
        opened = undefined;
        throw error;
      });
      return opened;
    },
    async close(): Promise<void> {
      const clients = await opened?.catch(() => undefined);
      await Promise.all([clients?.publisher.close(), clients?.subscriber.close()]);
    },
  };
}
