import type { QueueClient } from "@azure/storage-queue";
import { ApiError, type Problem } from "../errors.ts";

export interface AzureStorageQueueSettings {
  /** 1 to 1000, default 5. */
  maximumDeliveries: number;
  /** 1 to 43200, default 60. */
  visibilitySeconds: number;
}

const known = {
  maximumDeliveries: { fallback: 5, maximum: 1000 },
  visibilitySeconds: { fallback: 60, maximum: 43_200 },
} satisfies Record<keyof AzureStorageQueueSettings, { fallback: number; maximum: number }>;

/** How long settings that were read count. */
const freshMilliseconds = 60_000;

/**
 * The service has no such settings: they are the queue's metadata, where the stack puts them
 * (components/clouds/azure/queue.ts).
 */
export function createSettings({ queue, now }: { queue: QueueClient; now: () => number }) {
  let read: { settings: Promise<AzureStorageQueueSettings>; until: number } | undefined;

  async function fetch(): Promise<AzureStorageQueueSettings> {
    const { metadata } = await queue.getProperties();
    return parseSettings(metadata ?? {}, queue.name);
  }

  return {
    /** @throws ApiError `invalid-queue-settings` (500) with every problem. */
    read(): Promise<AzureStorageQueueSettings> {
      if (read === undefined || read.until <= now()) {
        const settings = fetch();
        read = { settings, until: now() + freshMilliseconds };
        settings.catch(() => {
          if (read?.settings === settings) read = undefined;
        });
      }
      return read.settings;
    },
  };
}

function parseSettings(metadata: Record<string, string>, queue: string): AzureStorageQueueSettings {
  // They travel as headers, whose names have no letter case.
  const values = new Map(Object.entries(metadata).map(([name, value]) => [name.toLowerCase(), value]));
  const problems: Problem[] = [];
  const number = (name: keyof typeof known) => {
    const { fallback, maximum } = known[name];
    const text = values.get(name.toLowerCase());
    if (text === undefined) return fallback;
    const value = Number(text);
    if (!(Number.isInteger(value) && value >= 1 && value <= maximum))
      problems.push({ path: name, message: `must be an integer from 1 to ${maximum}, not ${text}` });
    return value;
  };
  const settings = {
    maximumDeliveries: number("maximumDeliveries"),
    visibilitySeconds: number("visibilitySeconds"),
  };
  if (problems.length > 0)
    throw new ApiError(
      `the metadata of queue ${queue} are invalid: ${problems.map(({ path, message }) => `${path} ${message}`).join("; ")}`,
      { status: 500, code: "invalid-queue-settings", problems },
    );
  return settings;
}
