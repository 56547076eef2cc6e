import { ApiError, invalidInput } from "../errors.ts";
import type { ObjectStore } from "../object-store/object-store.ts";
import { documentKey, type Run } from "./run.ts";

/** Run documents in the bucket: `runs/ID.json`, and `runs-by-time/…` as an index, newest first. */
export interface RunRepository {
  /** Writes the first document and the index entry, unless there is a document already. */
  recordStart(run: Run): Promise<void>;
  recordEnd(run: Run): Promise<void>;
  read(id: string): Promise<Run | undefined>;
  /** Ids, newest first. @throws ApiError `invalid-page-token` (400) */
  page(options: { pageSize: number; pageToken?: string | undefined }): Promise<{
    ids: string[];
    nextPageToken: string | undefined;
  }>;
  /** The token that goes on after a run. */
  tokenAfter(run: Run): string;
}

const indexPrefix = "runs-by-time/";
const indexKey = /^runs-by-time\/(\d{16})-([A-Za-z0-9_-]{1,64})$/;
/** The last instant of JavaScript's Date, in milliseconds: times are written as what is left until then. */
const endOfTime = 8_640_000_000_000_000;

export function createRunRepository(store: ObjectStore): RunRepository {
  return {
    async recordStart(run) {
      await store.put(indexKeyOf(run), "");
      try {
        await store.put(documentKey(run.id), JSON.stringify(run), { ifNoneMatch: "*" });
      } catch (error) {
        // The run was recorded before: by its submitter, or by a step that is now repeated.
        if (!(error instanceof ApiError && error.status === 412)) throw error;
      }
    },
    async recordEnd(run) {
      await store.put(documentKey(run.id), JSON.stringify(run));
    },
    async read(id) {
      const object = await store.get(documentKey(id));
      return object === undefined
        ? undefined
        : (JSON.parse(Buffer.from(object.body).toString("utf8")) as Run);
    },
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
    tokenAfter: (run) => tokenOf(indexKeyOf(run)),
  };
}

function indexKeyOf(run: Run): string {
  return `${indexPrefix}${String(endOfTime - Date.parse(run.createdAt)).padStart(16, "0")}-${run.id}`;
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
