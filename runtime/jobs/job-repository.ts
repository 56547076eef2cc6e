import { listAll } from "../object-store/list-all.ts";
import { isPreconditionFailed } from "../object-store/object-key.ts";
import type { ObjectStore } from "../object-store/object-store.ts";
import { createTimeIndex } from "../object-store/time-index.ts";
import { isEnded, type JobRecord, type JobState, jobKeyPart, resultKey } from "./job.ts";

/** Records of jobs in the bucket: `jobs/ID.json`, and `jobs-by-time/…` as an index, newest first. */
export interface JobRepository {
  read(id: string): Promise<JobRecord | undefined>;
  /** @returns what was recorded under the id, which is not `record` where somebody else came first */
  create(record: JobRecord): Promise<JobRecord>;
  /**
   * Changes the record as it is now; where somebody else changed it meanwhile, it is read and changed once more.
   * @param change returns undefined to leave it as it is
   * @returns the record after it; undefined where there is none
   */
  change(
    id: string,
    change: (record: JobRecord) => Partial<JobRecord> | undefined,
  ): Promise<JobRecord | undefined>;
  /**
   * Newest first. Looks at a limited number of records: a page may have fewer than asked for, or none, and a token.
   * @throws ApiError `invalid-page-token` (400)
   */
  list(options: { state?: JobState | undefined; pageSize: number; pageToken?: string | undefined }): Promise<{
    records: JobRecord[];
    nextPageToken: string | undefined;
  }>;
  /**
   * Removes what ended before the time, with its results. A job whose end somebody is still to be told is kept for two
   * days longer.
   * @param before milliseconds since 1970
   * @returns how many jobs were removed
   */
  removeEnded(before: number): Promise<number>;
}

const index = createTimeIndex("jobs");
/** Records that one page looks at. */
const maximumScanned = 1000;
const scannedAtOnce = 50;
/** Longer than the attempts to tell an end go on (job-webhooks.ts). */
const webhookMilliseconds = 2 * 86_400_000;

export function createJobRepository(store: ObjectStore): JobRepository {
  async function stored(keyPart: string): Promise<{ record: JobRecord; etag: string } | undefined> {
    const object = await store.get(`jobs/${keyPart}.json`);
    if (object === undefined) return undefined;
    return { record: JSON.parse(Buffer.from(object.body).toString("utf8")), etag: object.etag };
  }

  async function isWritten(record: JobRecord, condition: { ifMatch: string } | { ifNoneMatch: "*" }) {
    try {
      await store.put(`jobs/${jobKeyPart(record.id)}.json`, JSON.stringify(record), condition);
      return true;
    } catch (error) {
      if (isPreconditionFailed(error)) return false;
      throw error;
    }
  }

  async function create(record: JobRecord): Promise<JobRecord> {
    const known = await stored(jobKeyPart(record.id));
    if (known !== undefined) return known.record;
    await store.put(index.keyOf(Date.parse(record.createdAt), jobKeyPart(record.id)), "");
    if (await isWritten(record, { ifNoneMatch: "*" })) return record;
    return (await stored(jobKeyPart(record.id)))?.record ?? record;
  }

  async function isRemoved(indexed: string, before: number): Promise<boolean> {
    const keyPart = index.nameOf(indexed) ?? "";
    const record = (await stored(keyPart))?.record;
    if (record !== undefined && !isOver(record, before)) return false;
    await store.delete(resultKey(keyPart));
    await store.delete(`jobs/${keyPart}.json`);
    // The index last: an interrupted removal is found again by it.
    await store.delete(indexed);
    return record !== undefined;
  }

  return {
    read: async (id) => (await stored(jobKeyPart(id)))?.record,
    create,
    async change(id, change) {
      for (;;) {
        const known = await stored(jobKeyPart(id));
        if (known === undefined) return undefined;
        const changes = change(known.record);
        if (changes === undefined) return known.record;
        const record = { ...known.record, ...changes };
        if (await isWritten(record, { ifMatch: known.etag })) return record;
      }
    },
    async list({ state, pageSize, pageToken }) {
      const records: JobRecord[] = [];
      let startAfter = pageToken === undefined ? undefined : index.keyOfToken(pageToken);
      for (let scanned = 0; scanned < maximumScanned; ) {
        const { objects, nextStartAfter } = await store.list({
          prefix: index.prefix,
          limit: scannedAtOnce,
          ...(startAfter === undefined ? {} : { startAfter }),
        });
        const found = await Promise.all(objects.map(({ key }) => stored(index.nameOf(key) ?? "")));
        for (const [place, item] of found.entries()) {
          if (item === undefined || (state !== undefined && item.record.state !== state)) continue;
          records.push(item.record);
          const isLast = place === found.length - 1 && nextStartAfter === undefined;
          if (records.length === pageSize)
            return { records, nextPageToken: isLast ? undefined : index.tokenOf(objects[place]?.key ?? "") };
        }
        if (nextStartAfter === undefined) return { records, nextPageToken: undefined };
        startAfter = nextStartAfter;
        scanned += objects.length;
      }
      return { records, nextPageToken: index.tokenOf(startAfter ?? "") };
    },
    async removeEnded(before) {
      let removed = 0;
      for await (const { key } of listAll(store, index.prefix, index.keyBefore(before)))
        if (await isRemoved(key, before)) removed += 1;
      return removed;
    },
  };
}

function isOver(record: JobRecord, before: number): boolean {
  const ended = Date.parse(record.finishedAt ?? record.createdAt);
  const isTold = record.webhook?.state !== "pending" || ended < before - webhookMilliseconds;
  return isEnded(record) && ended < before && isTold;
}
