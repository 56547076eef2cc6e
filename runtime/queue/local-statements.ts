import type Database from "better-sqlite3";
import { type LocalQueueSettings, readSettings } from "./local-schema.ts";
import type { DeadLetter, QueueDepth } from "./queue.ts";

interface MessageRow {
  sequence: number;
  id: string;
  body: string;
  enqueued_at: number;
  delivery_count: number;
}

interface DeadLetterRow {
  id: string;
  body: string;
  delivery_count: number;
  reason: string;
  enqueued_at: number;
  dead_lettered_at: number;
}

export const timeoutReason = "not finished within the visibility timeout";

/** The queue's SQL by what it does. Times are milliseconds since 1970; each change returns the number of rows. */
export interface QueueStatements {
  settings(): LocalQueueSettings;
  insert(id: string, body: string, enqueuedAt: number, visibleAt: number): number;
  hasVisible(time: number): boolean;
  /** Undefined where the queue is empty. */
  nextVisibleAt(): number | undefined;
  visible(time: number, maximum: number): MessageRow[];
  deliver(sequence: number, receipt: string, visibleAt: number): number;
  remove(receipt: string): number;
  hide(receipt: string, visibleAt: number): number;
  release(receipt: string, reason: string, visibleAt: number): number;
  /** Moves to dead-letter what was delivered as often as the settings allow and is in nobody's hands. */
  bury(time: number): void;
  depth(time: number): QueueDepth;
  /** Newest first. */
  deadLetters(limit: number): DeadLetter[];
  /** Changes when another connection has committed. */
  dataVersion(): number;
}

export function prepareStatements(database: Database.Database): QueueStatements {
  const change = <Parameters extends unknown[]>(sql: string) => {
    const statement = database.prepare<Parameters>(sql);
    return (...parameters: Parameters) => statement.run(...parameters).changes;
  };
  const value = <Parameters extends unknown[], Value>(sql: string) => {
    const statement = database.prepare<Parameters, Value>(sql).pluck();
    return (...parameters: Parameters) => statement.get(...parameters) as Value;
  };
  const visible = database.prepare<[number, number], MessageRow>(
    `SELECT sequence, id, body, enqueued_at, delivery_count FROM messages
     WHERE visible_at <= ? ORDER BY visible_at, sequence LIMIT ?`,
  );
  const deadLetters = database.prepare<[number], DeadLetterRow>(
    "SELECT * FROM dead_letters ORDER BY sequence DESC LIMIT ?",
  );
  const depth = database.prepare<{ time: number }, QueueDepth>(
    `SELECT count(*) FILTER (WHERE receipt IS NULL OR visible_at <= @time) AS visible,
            count(*) FILTER (WHERE receipt IS NOT NULL AND visible_at > @time) AS inFlight,
            (SELECT count(*) FROM dead_letters) AS deadLettered
     FROM messages`,
  );
  const deliver = change<[string, number, number]>(
    `UPDATE messages SET receipt = ?, visible_at = ?, delivery_count = delivery_count + 1, reason = NULL
     WHERE sequence = ?`,
  );
  const hide = change<[number, string]>("UPDATE messages SET visible_at = ? WHERE receipt = ?");
  const release = change<[string, number, string]>(
    "UPDATE messages SET receipt = NULL, reason = ?, visible_at = ? WHERE receipt = ?",
  );
  const nextVisibleAt = value<[], number | null>("SELECT min(visible_at) FROM messages");
  const hasVisible = value<[number], 0 | 1>("SELECT EXISTS (SELECT 1 FROM messages WHERE visible_at <= ?)");
  return {
    settings: () => readSettings(database),
    insert: change("INSERT INTO messages (id, body, enqueued_at, visible_at) VALUES (?, ?, ?, ?)"),
    hasVisible: (time) => hasVisible(time) === 1,
    nextVisibleAt: () => nextVisibleAt() ?? undefined,
    visible: (time, maximum) => visible.all(time, maximum),
    deliver: (sequence, receipt, visibleAt) => deliver(receipt, visibleAt, sequence),
    remove: change("DELETE FROM messages WHERE receipt = ?"),
    hide: (receipt, visibleAt) => hide(visibleAt, receipt),
    release: (receipt, reason, visibleAt) => release(reason, visibleAt, receipt),
    bury: prepareBury(database),
    depth: (time) => depth.get({ time }) as QueueDepth,
    deadLetters: (limit) => deadLetters.all(limit).map(deadLetterOf),
    dataVersion: value("PRAGMA data_version"),
  };
}

function prepareBury(database: Database.Database): (time: number) => void {
  const exhausted = `delivery_count >= @maximum AND (receipt IS NULL OR visible_at <= @time)`;
  const copy = database.prepare<{ maximum: number; time: number; reason: string }>(
    `INSERT INTO dead_letters (id, body, delivery_count, reason, enqueued_at, dead_lettered_at)
     SELECT id, body, delivery_count, coalesce(reason, @reason), enqueued_at, @time
     FROM messages WHERE ${exhausted} ORDER BY sequence`,
  );
  const remove = database.prepare<{ maximum: number; time: number }>(
    `DELETE FROM messages WHERE ${exhausted}`,
  );
  return (time) => {
    const maximum = readSettings(database).maximumDeliveries;
    if (copy.run({ maximum, time, reason: timeoutReason }).changes > 0) remove.run({ maximum, time });
  };
}

function deadLetterOf(row: DeadLetterRow): DeadLetter {
  return {
    id: row.id,
    body: row.body,
    deliveryCount: row.delivery_count,
    reason: row.reason,
    enqueuedAt: new Date(row.enqueued_at),
    deadLetteredAt: new Date(row.dead_lettered_at),
  };
}
