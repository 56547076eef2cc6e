import { createHash, randomBytes } from "node:crypto";
import { setTimeout } from "node:timers/promises";
import { LRUCache } from "lru-cache";
import { z } from "zod";
import { listAll } from "../object-store/list-all.ts";
import type { ObjectStore } from "../object-store/object-store.ts";
import { shareCalls } from "../shared-calls.ts";
import { decisionsPrefix } from "./route-keys.ts";

/**
 * Decisions by the ids that clients gave their requests. Each replica puts its own into the bucket, some hundred to an
 * object, and reads those of the others when it is asked for one.
 */
export interface DecisionsByRequest {
  remember(requestId: string, decision: string): void;
  /** Of the last request with the id; undefined where no replica knows one. */
  find(requestId: string): Promise<string | undefined>;
  /** Puts what is new here into the bucket. */
  write(): Promise<void>;
  /** Removes what any replica put there more than a day ago. */
  sweep(): Promise<void>;
}

export interface DecisionsByRequestOptions {
  store: ObjectStore;
  /** How long an id that nobody knows is waited for, in seconds: a replica may have answered, and not written yet. */
  waitSeconds: number;
  /** Milliseconds since 1970. */
  now: () => number;
}

/** [hash of the request's id, milliseconds since 1970, decision]. The id itself may tell who asked. */
type Entry = [hash: string, at: number, decision: string];

/** One object in the bucket. */
interface Page {
  key: string;
  entries: Entry[];
  bytes: number;
  writtenEntries: number;
}

const keptMilliseconds = 24 * 3600 * 1000;
/** Between two looks for an id that nobody knows. */
const lookSeconds = 0.3;
/** A page is written again as it grows, until then. */
const pageBytes = 128 * 1024;
/** Of one replica in the bucket; the oldest go first. */
const maximumPages = 256;
/** Of all replicas in memory; those that were not looked at for longest go first. */
const maximumBytes = 64 * 1024 * 1024;
const readAtOnce = 16;
/** What an entry takes beside its decision. */
const entryBytes = 100;

const pageSchema = z.array(z.tuple([z.string(), z.number(), z.string()]));

export function createDecisionsByRequest(options: DecisionsByRequestOptions): DecisionsByRequest {
  const { store, waitSeconds, now } = options;
  const ownPrefix = `${decisionsPrefix}${randomBytes(9).toString("hex")}-`;
  const known = new LRUCache<string, { at: number; decision: string }>({
    maxSize: maximumBytes,
    ttl: keptMilliseconds,
    sizeCalculation: ({ decision }) => decision.length + entryBytes,
  });
  /** Etags of others' pages as they were read. */
  let read = new Map<string, string>();
  let pageCount = 0;
  let page = newPage();
  /** Full ones that wait for the bucket. */
  let unwritten: Page[] = [];
  /** Of full pages in the bucket, oldest first. */
  const written: string[] = [];

  function newPage(): Page {
    pageCount += 1;
    return { key: `${ownPrefix}${pageCount}.json`, entries: [], bytes: 0, writtenEntries: 0 };
  }

  function note([hash, at, decision]: Entry): void {
    if ((known.get(hash)?.at ?? 0) <= at) known.set(hash, { at, decision });
  }

  async function writePage(full: Page): Promise<void> {
    const { length } = full.entries;
    if (length === full.writtenEntries) return;
    await store.put(full.key, JSON.stringify(full.entries));
    full.writtenEntries = length;
  }

  async function readOthers(prefix: string): Promise<void> {
    const listed = await Array.fromAsync(listAll(store, prefix));
    const others = listed.filter(({ key }) => !key.startsWith(ownPrefix));
    const changed = others.filter(({ key, etag }) => read.get(key) !== etag);
    for (let start = 0; start < changed.length; start += readAtOnce) {
      const some = changed.slice(start, start + readAtOnce);
      for (const entries of await Promise.all(some.map(({ key }) => readPage(store, key))))
        entries.forEach(note);
    }
    read = new Map(others.map(({ key, etag }) => [key, etag]));
  }

  const readAnew = shareCalls(readOthers);

  return {
    remember(requestId, decision) {
      const entry: Entry = [hashOf(requestId), now(), decision];
      note(entry);
      page.entries.push(entry);
      page.bytes += decision.length + entryBytes;
      if (page.bytes < pageBytes) return;
      unwritten = [...unwritten, page].slice(-maximumPages);
      page = newPage();
    },
    async find(requestId) {
      const hash = hashOf(requestId);
      // Also where it is known here: another replica may have answered a later request with the same id.
      await readAnew(decisionsPrefix);
      for (let waited = 0; !known.has(hash) && waited < waitSeconds; waited += lookSeconds) {
        await setTimeout(Math.min(lookSeconds, waitSeconds) * 1000);
        await readAnew(decisionsPrefix);
      }
      return known.get(hash)?.decision;
    },
    async write() {
      for (const full of unwritten) {
        await writePage(full);
        unwritten = unwritten.filter((other) => other !== full);
        written.push(full.key);
      }
      await writePage(page);
      for (const key of written.splice(0, written.length - maximumPages)) await store.delete(key);
    },
    async sweep() {
      const before = now() - keptMilliseconds;
      for await (const { key, lastModified } of listAll(store, decisionsPrefix))
        if (lastModified.getTime() < before) await store.delete(key);
    },
  };
}

function hashOf(requestId: string): string {
  return createHash("sha256").update(requestId).digest("base64url").slice(0, 22);
}

/** Nothing of a page that was removed meanwhile, or that is none. */
async function readPage(store: ObjectStore, key: string): Promise<Entry[]> {
  const object = await store.get(key);
  if (object === undefined) return [];
  try {
    return pageSchema.parse(JSON.parse(Buffer.from(object.body).toString("utf8")));
  } catch {
    return [];
  }
}
