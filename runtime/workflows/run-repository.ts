import { ApiError, invalidInput } from "../errors.ts";
import type { ObjectStore, PutConditions } from "../object-store/object-store.ts";
import { documentKey, isFinal, type Run } from "./run.ts";

/** Run documents in the bucket: `runs/ID.json`, and `runs-by-time/…` as an index, newest first. */
export interface RunRepository {
  /** Writes the first document and the index entry; where there is a document already, it is returned and stays. */
  recordStart(run: Run): Promise<{ known: Run } | { etag: string }>;
  /** Writes the first document of a further execution. @throws ApiError `precondition-failed` where another did */
  recordRetry(run: Run, etag: string): Promise<void>;
  /**
   * Replaces the document, unless that is of a later execution: a step may be repeated after its run was retried.
   * @param etag of the document that is there, if it is known
   */
  recordEnd(run: Run, etag?: string): Promise<void>;
  /** The document and its index entry. */
  remove(run: Run): Promise<void>;
  read(id: string): Promise<Run | undefined>;
  readWithEtag(id: string): Promise<{ run: Run; etag: string } | undefined>;
  /** Ids, newest first. @throws ApiError `invalid-page-token` (400) */
  page(options: { pageSize: number; pageToken?: string | undefined }): Promise<{
    ids: string[];
    nextPageToken: string | undefined;
  }>;
  /** The token from which on all runs were created before a time, in milliseconds since 1970. */
  tokenBefore(at: number): string;
  /** The token that goes on after a run. */
  tokenAfter(run: Run): string;
}

const indexPrefix = "runs-by-time/";
const indexKey = /^runs-by-time\/(\d{16})-([A-Za-z0-9_-]{1,64})$/;
/** The last instant of JavaScript's Date, in milliseconds: times are written as what is left until then. */
const endOfTime = 8_640_000_000_000_000;

export function createRunRepository(store: ObjectStore): RunRepository {
  async function readWithEtag(id: string): Promise<{ run: Run; etag: string } | undefined> {
    const object = await store.get(documentKey(id));
    if (object === undefined) return undefined;
    return { run: JSON.parse(Buffer.from(object.body).toString("utf8")) as Run, etag: object.etag };
  }

  return {
    async recordStart(run) {
      for (;;) {
        const written = await store
          .put(documentKey(run.id), JSON.stringify(run), { ifNoneMatch: "*" })
          .catch((error) => {
            if (error instanceof ApiError && error.status === 412) return undefined;
            throw error;
          });
        if (written !== undefined) {
          await store.put(indexKeyOf(run), "");
          return { etag: written.etag };
        }
        const found = await readWithEtag(run.id);
        // Removed in this moment.
        if (found === undefined) continue;
        // Whoever wrote it may have been lost before it was listed.
        if (!isFinal(found.run.state)) await store.put(indexKeyOf(found.run), "");
        return { known: found.run };
      }
    },
    async recordRetry(run, etag) {
      await store.put(documentKey(run.id), JSON.stringify(run), { ifMatch: etag });
    },
    async recordEnd(run, etag) {
      for (
        let condition: PutConditions | undefined = etag === undefined ? undefined : { ifMatch: etag };
        ;
      ) {
        if (condition === undefined) {
          const current = await readWithEtag(run.id);
          if (current !== undefined && (current.run.execution ?? 1) > (run.execution ?? 1)) return;
          condition = current === undefined ? { ifNoneMatch: "*" } : { ifMatch: current.etag };
        }
        try {
          await store.put(documentKey(run.id), JSON.stringify(run), condition);
          return;
        } catch (error) {
          if (!(error instanceof ApiError && error.status === 412)) throw error;
          condition = undefined;
        }
      }
    },
    async remove(run) {
      await Promise.all([store.delete(documentKey(run.id)), store.delete(indexKeyOf(run))]);
    },
    async read(id) {
      return (await readWithEtag(id))?.run;
    },
    readWithEtag,
    async page({ pageSize, pageToken }) {
      const startAfter = pageToken === undefined ? undefined : parseToken(pageToken);
      const { objects, nextStartAfter } = await store.list({
        prefix: indexPrefix,
        limit: pageSize,
        ...(startAfter === undefined ? {} : { startAfter }),
      });
      return {
        ids: objects.flatMap((object) => indexKey.exec(object.key)?.[2] ?? []),
        nextPageToken: nextStartAfter === undefined ? undefined : tokenOf(nextStartAfter),
      };
    },
    tokenBefore: (at) => tokenOf(`${indexPrefix}${timeLeft(at)}-0`),
    tokenAfter: (run) => tokenOf(indexKeyOf(run)),
  };
}

function indexKeyOf(run: Run): string {
  return `${indexPrefix}${timeLeft(Date.parse(run.createdAt))}-${run.id}`;
}

function timeLeft(at: number): string {
  return String(endOfTime - at).padStart(16, "0");
}

function tokenOf(key: string): string {
  return Buffer.from(key.slice(indexPrefix.length)).toString("base64url");
}

function parseToken(token: string): string {
  const key = indexPrefix + Buffer.from(token, "base64url").toString("utf8");
  if (!indexKey.test(key))
    throw invalidInput(
      "invalid-page-token",
      [{ path: "pageToken", message: "is none that a list of runs returned as nextPageToken" }],
      "page token",
    );
  return key;
}
