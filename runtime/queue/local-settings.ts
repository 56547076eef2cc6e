import { existsSync } from "node:fs";
import { notFound } from "../errors.ts";
import { translateQueueError } from "./local-errors.ts";
import {
  checkQueueSettings,
  defaultQueueSettings,
  type LocalQueueSettings,
  openQueueDatabase,
  readSettings,
  writeSettings,
} from "./local-schema.ts";

/**
 * Creates the queue's file with its schema, or updates the settings in place; messages stay. A setting that is not
 * given gets its default. Processes that have the queue open follow at once.
 * @throws ApiError `invalid-queue-settings` (400), `queue-unavailable` (503), `storage-full` (507).
 */
export function configureLocalQueue(file: string, settings: Partial<LocalQueueSettings> = {}): void {
  checkQueueSettings(settings);
  const given = Object.fromEntries(Object.entries(settings).filter(([, value]) => value !== undefined));
  withDatabase(file, (database) =>
    database.transaction(() => writeSettings(database, { ...defaultQueueSettings, ...given })).immediate(),
  );
}

/** @throws ApiError `queue-not-found` (404), `queue-unavailable` (503). */
export function readLocalQueueSettings(file: string): LocalQueueSettings {
  if (!existsSync(file)) throw notFound("queue-not-found", `there is no queue ${file}`);
  return withDatabase(file, readSettings);
}

function withDatabase<Result>(
  file: string,
  action: (database: ReturnType<typeof openQueueDatabase>) => Result,
): Result {
  const database = openQueueDatabase(file);
  try {
    return action(database);
  } catch (error) {
    throw translateQueueError(error, file);
  } finally {
    database.close();
  }
}
