import { mkdirSync } from "node:fs";
import { dirname } from "node:path";
import Database from "better-sqlite3";
import { ApiError, errorMessage, invalidInput, type Problem } from "../errors.ts";
import { translateQueueError } from "./local-errors.ts";
import { queueLimits } from "./local-limits.ts";

export interface LocalQueueSettings {
  /** After this many deliveries without a delete a message goes to dead-letter. 1 to 1000, default 5. */
  maximumDeliveries: number;
  /** How long a received message is hidden where the receiver does not say. 1 to 43200 s, default 60. */
  visibilitySeconds: number;
}

export const defaultQueueSettings: LocalQueueSettings = { maximumDeliveries: 5, visibilitySeconds: 60 };

const schemaVersion = 1;

/** Times are milliseconds since 1970; a message that is hidden, delayed or in flight has visible_at in the future. */
const schema = `
  CREATE TABLE settings (name TEXT PRIMARY KEY, value INTEGER NOT NULL) STRICT;
  CREATE TABLE messages (
    sequence INTEGER PRIMARY KEY AUTOINCREMENT,
    id TEXT NOT NULL UNIQUE,
    body TEXT NOT NULL,
    enqueued_at INTEGER NOT NULL,
    visible_at INTEGER NOT NULL,
    delivery_count INTEGER NOT NULL DEFAULT 0,
    receipt TEXT UNIQUE,
    reason TEXT
  ) STRICT;
  CREATE INDEX messages_by_visible_at ON messages (visible_at, sequence);
  CREATE INDEX messages_by_delivery_count ON messages (delivery_count);
  CREATE TABLE dead_letters (
    sequence INTEGER PRIMARY KEY AUTOINCREMENT,
    id TEXT NOT NULL UNIQUE,
    body TEXT NOT NULL,
    delivery_count INTEGER NOT NULL,
    reason TEXT NOT NULL,
    enqueued_at INTEGER NOT NULL,
    dead_lettered_at INTEGER NOT NULL
  ) STRICT;
  PRAGMA user_version = ${schemaVersion};
`;

/**
 * Opens the file, and creates it with its schema and the default settings where it is new.
 * @throws ApiError `queue-unavailable` (503), `queue-schema-unsupported` (500), `storage-full` (507).
 */
export function openQueueDatabase(file: string): Database.Database {
  let database: Database.Database | undefined;
  try {
    mkdirSync(dirname(file), { recursive: true });
    database = new Database(file, { timeout: 5000 });
    database.pragma("journal_mode = WAL");
    // In WAL mode only FULL syncs every commit: what was acknowledged survives a power cut too.
    database.pragma("synchronous = FULL");
    // Pages of 4 KiB: the write-ahead log, which takes space beside the messages, stays at about a megabyte.
    database.pragma("wal_autocheckpoint = 256");
    createSchema(database, file);
    return database;
  } catch (error) {
    database?.close();
    const translated = translateQueueError(error, file);
    if (translated instanceof ApiError) throw translated;
    throw new ApiError(`queue ${file} cannot be opened: ${errorMessage(error)}`, {
      status: 503,
      code: "queue-unavailable",
      cause: error,
    });
  }
}

function createSchema(database: Database.Database, file: string): void {
  database
    .transaction(() => {
      const version = database.pragma("user_version", { simple: true });
      if (version === 0) {
        database.exec(schema);
        writeSettings(database, defaultQueueSettings);
      } else if (version !== schemaVersion)
        throw new ApiError(
          `queue ${file} has schema version ${version}; this program knows ${schemaVersion}`,
          {
            status: 500,
            code: "queue-schema-unsupported",
          },
        );
    })
    .immediate();
}

export function writeSettings(database: Database.Database, settings: Partial<LocalQueueSettings>): void {
  const write = database.prepare(
    "INSERT INTO settings VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET value = excluded.value",
  );
  for (const [name, value] of Object.entries(settings)) if (value !== undefined) write.run(name, value);
}

export function readSettings(database: Database.Database): LocalQueueSettings {
  const rows = database
    .prepare<[], { name: string; value: number }>("SELECT name, value FROM settings")
    .all();
  return { ...defaultQueueSettings, ...Object.fromEntries(rows.map(({ name, value }) => [name, value])) };
}

/** @throws ApiError `invalid-queue-settings` (400) with every problem. */
export function checkQueueSettings(settings: Partial<LocalQueueSettings>): void {
  const maxima: Record<string, number> = {
    maximumDeliveries: 1000,
    visibilitySeconds: queueLimits.maximumVisibilitySeconds,
  };
  const problems: Problem[] = [];
  for (const [name, value] of Object.entries(settings)) {
    const maximum = maxima[name];
    if (maximum === undefined)
      problems.push({ path: name, message: `is no setting; known are ${Object.keys(maxima).join(", ")}` });
    else if (value !== undefined && !(Number.isInteger(value) && value >= 1 && value <= maximum))
      problems.push({ path: name, message: `must be an integer from 1 to ${maximum}, not ${value}` });
  }
  if (problems.length > 0) throw invalidInput("invalid-queue-settings", problems, "queue settings");
}
