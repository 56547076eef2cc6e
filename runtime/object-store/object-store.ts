import type { Readable } from "node:stream";

/** What is known of an object without its content. */
export interface ObjectInfo {
  /** Path within the bucket, `/`-separated, without a leading slash. */
  key: string;
  /** Bytes. */
  size: number;
  /** Opaque; changes whenever the content changes. Used in conditional writes. */
  etag: string;
  lastModified: Date;
}

/** What a write tells: not every back end says the time without being asked once more. */
export type WrittenObject = Omit<ObjectInfo, "lastModified">;

export interface StoredObject extends ObjectInfo {
  body: Uint8Array;
}

export interface StreamedObject extends ObjectInfo {
  /** Must be read to its end or destroyed. */
  body: Readable;
}

/** Write conditions; at most one may be given. Default: overwrite whatever is there. */
export interface PutConditions {
  /** Write only if the object's current etag is this one; else ApiError `precondition-failed` (412). */
  ifMatch?: string;
  /** `"*"`: write only if no object is there; else ApiError `precondition-failed` (412). */
  ifNoneMatch?: "*";
}

export interface ListOptions {
  /** Only keys that begin with this. Default: all. */
  prefix?: string;
  /** Only keys after this one, exclusive, in ascending UTF-8 byte order. Default: from the first. */
  startAfter?: string;
  /** At most this many. Default 1000, maximum 1000. */
  limit?: number;
}

export interface ListResult {
  /** Ascending by key in UTF-8 byte order. */
  objects: ObjectInfo[];
  /** Give it as `startAfter` to go on; undefined at the end. */
  nextStartAfter: string | undefined;
}

/**
 * A bucket. All writes are atomic: a reader sees the old content or the new one, never a part. A key that is not
 * allowed (object-key.ts) is refused by every method with ApiError `invalid-key` (400).
 */
export interface ObjectStore {
  /** Undefined where there is no such object. */
  get(key: string): Promise<StoredObject | undefined>;
  /** For content too large for memory. Undefined where there is no such object. */
  getStream(key: string): Promise<StreamedObject | undefined>;
  /** Undefined where there is no such object. */
  head(key: string): Promise<ObjectInfo | undefined>;
  /** A string is stored as UTF-8. Durable when the promise resolves. A stream is destroyed when the put fails. */
  put(key: string, body: Uint8Array | string | Readable, conditions?: PutConditions): Promise<WrittenObject>;
  /** No error where there is no such object. */
  delete(key: string): Promise<void>;
  list(options?: ListOptions): Promise<ListResult>;
}
