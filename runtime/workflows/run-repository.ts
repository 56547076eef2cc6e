import { isPreconditionFailed } from "../object-store/object-key.ts";
import type { ObjectStore, PutConditions } from "../object-store/object-store.ts";
import { createTimeIndex } from "../object-store/time-index.ts";
import { creationTimeOf, documentKey, isFinal, type Run } from "./run.ts";

/**
 * Run documents in the bucket, `runs/ID.json`, and an index of them, `runs-by-time/TIME-ID`, newest first. Where a run's id
 * tells when it was created, its entry in the index is found from the id: that holds the run's first document, instead of
 * nothing, and `runs/ID.json` comes with the run's end.
 */
export interface RunRepository {
  /** Writes the first document and the index entry; where there is a document already, it is returned and stays. */
  recordStart(run: Run): Promise<{ known: Run } | { etag: string }>;
  /** Writes the first document of a further execution. @throws ApiError `precondition-failed` where another did */
  recordRetry(run: Run, etag: string): Promise<void>;
  /**
   * Replaces the document, unless that is of a later execution: a step may be repeated after its run was retried.
   * @param etag of the execution's first document, if it is known
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

const index = createTimeIndex("runs");

export function createRunRepository(store: ObjectStore): RunRepository {
  async function readObject(key: string): Promise<{ run: Run; etag: string } | undefined> {
    const object = await store.get(key);
    // An entry of the index that is no more than that.
    if (object === undefined || object.size === 0) return undefined;
    return { run: JSON.parse(Buffer.from(object.body).toString("utf8")) as Run, etag: object.etag };
  }

  async function readWithEtag(id: string): Promise<{ run: Run; etag: string } | undefined> {
    const found = await readObject(documentKey(id));
    const createdAt = creationTimeOf(id);
    if (found !== undefined || createdAt === undefined) return found;
    return await readObject(index.keyOf(createdAt, id));
  }

  /** Undefined where it is there. */
  async function create(key: string, run: Run): Promise<{ etag: string } | undefined> {
    try {
      return await store.put(key, JSON.stringify(run), { ifNoneMatch: "*" });
    } catch (error) {
      if (isPreconditionFailed(error)) return undefined;
      throw error;
    }
  }

  async function createWithIndex(run: Run): Promise<{ etag: string } | undefined> {
    // A client may have taken the id of a run that the server named.
    if (creationTimeOf(run.id) !== undefined && (await readWithEtag(run.id)) !== undefined) return undefined;
    const created = await create(documentKey(run.id), run);
    if (created !== undefined) await store.put(indexKeyOf(run), "");
    return created;
  }

  return {
    async recordStart(run) {
      for (;;) {
        const created = await (isFoundByIndex(run) ? create(indexKeyOf(run), run) : createWithIndex(run));
        if (created !== undefined) return { etag: created.etag };
        const found = await readWithEtag(run.id);
        // Removed in this moment.
        if (found === undefined) continue;
        // Whoever wrote it may have been lost before it was listed.
        if (!isFinal(found.run.state) && !isFoundByIndex(found.run))
          await store.put(indexKeyOf(found.run), "");
        return { known: found.run };
      }
    },
    async recordRetry(run, etag) {
      await store.put(documentKey(run.id), JSON.stringify(run), { ifMatch: etag });
    },
    async recordEnd(run, etag) {
      for (let condition = conditionOf(run, etag); ; ) {
        if (condition === undefined) {
          const current = await readObject(documentKey(run.id));
          if (current !== undefined && (current.run.execution ?? 1) > (run.execution ?? 1)) return;
          condition = current === undefined ? { ifNoneMatch: "*" } : { ifMatch: current.etag };
        }
        try {
          await store.put(documentKey(run.id), JSON.stringify(run), condition);
          return;
        } catch (error) {
          if (!isPreconditionFailed(error)) throw error;
          condition = undefined;
        }
      }
    },
    async remove(run) {
      await store.delete(documentKey(run.id));
      await store.delete(indexKeyOf(run));
    },
    async read(id) {
      return (await readWithEtag(id))?.run;
    },
    readWithEtag,
    async page({ pageSize, pageToken }) {
      const startAfter = pageToken === undefined ? undefined : index.keyOfToken(pageToken);
      const { objects, nextStartAfter } = await store.list({
        prefix: index.prefix,
        limit: pageSize,
        ...(startAfter === undefined ? {} : { startAfter }),
      });
      return {
        ids: objects.flatMap(({ key }) => index.nameOf(key) ?? []),
        nextPageToken: nextStartAfter === undefined ? undefined : index.tokenOf(nextStartAfter),
      };
    },
    tokenBefore: (at) => index.tokenOf(index.keyBefore(at)),
    tokenAfter: (run) => index.tokenOf(indexKeyOf(run)),
  };
}

/** Whether the id is enough to find the entry in the index. */
function isFoundByIndex({ id, createdAt }: Run): boolean {
  return creationTimeOf(id) === Date.parse(createdAt);
}

/** Undefined: the document that is there has to be looked at. */
function conditionOf(run: Run, etag: string | undefined): PutConditions | undefined {
  if (etag === undefined) return undefined;
  return run.execution === undefined && isFoundByIndex(run) ? { ifNoneMatch: "*" } : { ifMatch: etag };
}

function indexKeyOf({ id, createdAt }: Run): string {
  return index.keyOf(Date.parse(createdAt), id);
}
