import type { ObjectInfo } from "../../object-store/object-store.ts";

/** A key of the bucket and the etag that it was last seen with. */
export type SeenObject = [key: string, etag: string];

/** One page of the bucket's list. */
export interface ListedPage<Listed extends Pick<ObjectInfo, "key" | "etag">> {
  objects: Listed[];
  nextStartAfter?: string | undefined;
}

/** A stretch of the keys under a prefix; all stretches together cover it without a gap. */
export interface Segment {
  /** Keys after this one belong to it, up to and with the start of the next; "": from the first. */
  start: string;
  /** Objects in it when it was last looked at. */
  size: number;
}

export interface ScannedSegment<Listed> {
  /** Objects that are new or have new content. */
  created: Listed[];
  /** Whether `seen` differs from before. */
  isChanged: boolean;
  seen: SeenObject[];
  /** What the page did not reach: a segment of its own from here on. */
  rest: { start: string; seen: SeenObject[] } | undefined;
}

/** Two neighbours that have no more objects than this together become one. */
const smallSegment = 500;

/**
 * Compares what is there now with what was seen.
 * @param page the page after the segment's start
 * @param end start of the next segment; undefined: there is none
 */
export function scanSegment<Listed extends Pick<ObjectInfo, "key" | "etag">>(
  seen: SeenObject[],
  page: ListedPage<Listed>,
  end: string | undefined,
): ScannedSegment<Listed> {
  const known = new Map(seen);
  const objects = page.objects.filter(({ key }) => end === undefined || !isAfter(key, end));
  const last = objects.at(-1);
  const reachesOn = page.nextStartAfter !== undefined && objects.length === page.objects.length;
  const rest =
    reachesOn && last !== undefined && last.key !== end
      ? { start: last.key, seen: seen.filter(([key]) => isAfter(key, last.key)) }
      : undefined;
  const now = objects.map(({ key, etag }): SeenObject => [key, etag]);
  const created = objects.filter(({ key, etag }) => known.get(key) !== etag);
  return { created, seen: now, rest, isChanged: created.length > 0 || now.length !== seen.length };
}

/** Whether a segment should be joined with the one before it. */
export function isSmall(before: Segment | undefined, segment: Segment): boolean {
  return before !== undefined && before.size + segment.size <= smallSegment;
}

/** Order of UTF-8 bytes, as buckets list their keys. */
function isAfter(key: string, other: string): boolean {
  return Buffer.compare(Buffer.from(key), Buffer.from(other)) > 0;
}
