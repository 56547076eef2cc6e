import { ApiError, invalidInput } from "../errors.ts";
import type { ObjectStore } from "../object-store/object-store.ts";
import { type JobRecord, type JobState, jobKeyPart } from "./job.ts";

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
}

const indexPrefix = "jobs-by-time/";
const indexKey = /^jobs-by-time\/\d{16}-([A-Za-z0-9_-]{1,128})$/;
/** The last instant of JavaScript's Date, in milliseconds: times are written as what is left until then. */
const endOfTime = 8_640_000_000_000_000;
/** Records that one page looks at. */
const maximumScanned = 1000;
const scannedAtOnce = 50;

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
      if (error instanceof ApiError && error.code === "precondition-failed") return false;
      throw error;
    }
  }

  async function create(record: JobRecord): Promise<JobRecord> {
    const known = await stored(jobKeyPart(record.id));
    if (known !== undefined) return known.record;
    const age = String(endOfTime - Date.parse(record.createdAt)).padStart(16, "0");
    await store.put(`${indexPrefix}${age}-${jobKeyPart(record.id)}`, "");
    if (await isWritten(record, { ifNoneMatch: "*" })) return record;
    return (await stored(jobKeyPart(record.id)))?.record ?? record;
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
      let startAfter = pageToken === undefined ? undefined : parseToken(pageToken);
      for (let scanned = 0; scanned < maximumScanned; ) {
        const { objects, nextStartAfter } = await store.list({
          prefix: indexPrefix,
          limit: scannedAtOnce,
          ...(startAfter === undefined ? {} : { startAfter }),
        });
        const found = await Promise.all(objects.map(({ key }) => stored(indexKey.exec(key)?.[1] ?? "")));
        for (const [index, item] of found.entries()) {
          if (item === undefined || (state !== undefined && item.record.state !== state)) continue;
          records.push(item.record);
          const isLast = index === found.length - 1 && nextStartAfter === undefined;
          if (records.length === pageSize)
            return { records, nextPageToken: isLast ? undefined : tokenOf(objects[index]?.key ?? "") };
        }
        if (nextStartAfter === undefined) return { records, nextPageToken: undefined };
        startAfter = nextStartAfter;
        scanned += objects.length;
      }
      return { records, nextPageToken: tokenOf(startAfter ?? "") };
    },
  };
}

function tokenOf(key: string): string {
  return Buffer.from(key.slice(indexPrefix.length)).toString("base64url");
}

function parseToken(token: string): string {
  const key = indexPrefix + Buffer.from(token, "base64url").toString("utf8");
  if (!indexKey.test(key))
    throw invalidInput(
      "invalid-page-token",
      [{ path: "pageToken", message: "is none that a list of jobs returned as nextPageToken" }],
      "page token",
    );
  return key;
}
