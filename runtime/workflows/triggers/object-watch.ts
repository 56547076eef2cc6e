import * as restate from "@restatedev/restate-sdk";
import { ApiError } from "../../errors.ts";
import type { ObjectInfo, ObjectStore } from "../../object-store/object-store.ts";
import { atTime } from "../clock.ts";
import { runIdForObject } from "../run.ts";
import { isSmall, type ListedPage, type SeenObject, type Segment, scanSegment } from "./segments.ts";
import { prepareTriggered, startTriggered, type TriggerServices } from "./triggered-runs.ts";

/** What is watched, and for which workflow. */
export interface WatchedPrefix {
  workflow: string;
  prefix: string;
  suffix?: string | undefined;
}

export interface ObjectWatchOptions {
  store: ObjectStore;
  /** Between two passes over a prefix. */
  pollMilliseconds: number;
}

export const objectWatchName = "ObjectWatch";

/** One key of Restate's object for each thing watched. */
export function watchKey({ workflow, prefix, suffix = "" }: WatchedPrefix): string {
  return JSON.stringify([workflow, prefix, suffix]);
}

const segmentsKey = "segments";
const scanKey = "scan";
const beganKey = "began";
const firstPassKey = "first-pass";
const seenKey = (start: string) => `seen:${start}`;

export type ObjectWatch = ReturnType<typeof createObjectWatch>;

/**
 * Starts a run for each object that appears under a prefix or gets new content, a Restate object keyed by what is
 * watched: so one replica at a time looks, one page of the bucket's list at each call. What it saw is kept by segments of
 * the prefix (segments.ts). Objects that were there before the trigger start nothing.
 */
export function createObjectWatch(services: TriggerServices, options: ObjectWatchOptions) {
  const { store, pollMilliseconds } = options;
  const { now } = services.clock;
  type Context = restate.ObjectContext;

  /** The current version of the workflow that has the trigger; undefined: none has it any more. */
  async function currentVersion({ workflow: name, prefix, suffix }: WatchedPrefix): Promise<number | null> {
    try {
      const { version, workflow } = await services.workflows.get(name);
      const isWatched = workflow.triggers.some(
        ({ object }) => object?.prefix === prefix && object.suffix === suffix,
      );
      return isWatched ? version : null;
    } catch (error) {
      if (!(error instanceof ApiError) || error.status !== 404) throw error;
      return null;
    }
  }

  function scanLater(context: Context, scan: number, position: number, delay: number): void {
    context.set(scanKey, scan);
    atTime(now(), () =>
      context
        .objectSendClient<ObjectWatch>({ name: objectWatchName }, context.key)
        .scan({ scan, position }, restate.rpc.sendOpts({ delay })),
    );
  }

  /** Begins to watch where that has not begun. */
  async function watch(context: Context): Promise<void> {
    if ((await context.get<number>(beganKey)) !== null) return;
    context.set(beganKey, await context.run("began", now));
    context.set(segmentsKey, [{ start: "", size: 0 }] satisfies Segment[]);
    context.set(firstPassKey, true);
    scanLater(context, 1, 0, 0);
  }

  /** Looks at one segment, then sends for the next; after the last one for the first, a while later. */
  async function scan(context: Context, request: { scan: number; position: number }): Promise<void> {
    if ((await context.get<number>(scanKey)) !== request.scan) return;
    const watched = watchedPrefix(context.key);
    const version = await context.run("workflow", () => currentVersion(watched));
    if (version === null) return context.clearAll();
    const segments = (await context.get<Segment[]>(segmentsKey)) ?? [];
    const position = await look(context, watched, version, segments, request.position);
    context.set(segmentsKey, segments);
    const isLast = position >= segments.length;
    if (isLast) context.clear(firstPassKey);
    scanLater(context, request.scan + 1, isLast ? 0 : position, isLast ? pollMilliseconds : 0);
  }

  /** Changes `segments` by what is there now. @returns the position of the segment that follows */
  async function look(
    context: Context,
    { workflow, prefix, suffix = "" }: WatchedPrefix,
    version: number,
    segments: Segment[],
    position: number,
  ): Promise<number> {
    const segment = segments[position] as Segment;
    const seen = (await context.get<SeenObject[]>(seenKey(segment.start))) ?? [];
    const began = (await context.get<number>(beganKey)) ?? 0;
    const isFirstPass = (await context.get<boolean>(firstPassKey)) === true;
    const page = await context.run("list", () => list(store, prefix, segment.start));
    const scanned = scanSegment(seen, page, segments[position + 1]?.start);
    const isNew = ({ key, modifiedAt }: ListedObject) =>
      key.endsWith(suffix) && (!isFirstPass || latestModification(modifiedAt) >= began);
    const triggered = scanned.created.filter(isNew).map(({ key, etag, size }) => ({
      id: runIdForObject(workflow, key, etag),
      workflow,
      version,
      inputs: { key, etag, size },
      depth: 0,
    }));
    if (triggered.length > 0)
      startTriggered(context, await context.run("prepare", () => prepareTriggered(services, triggered)));
    if (scanned.isChanged) context.set(seenKey(segment.start), scanned.seen);
    segments[position] = { start: segment.start, size: scanned.seen.length };
    if (scanned.rest !== undefined) {
      const { start, seen: rest } = scanned.rest;
      segments.splice(position + 1, 0, { start, size: rest.length });
      context.set(seenKey(start), rest);
    }
    return (await join(context, segments, position, scanned.seen)) ? position : position + 1;
  }

  /** Puts a small segment and the small one before it together. */
  async function join(
    context: Context,
    segments: Segment[],
    position: number,
    seen: SeenObject[],
  ): Promise<boolean> {
    const [before, segment] = [segments[position - 1], segments[position] as Segment];
    if (before === undefined || !isSmall(before, segment)) return false;
    const joined = [...((await context.get<SeenObject[]>(seenKey(before.start))) ?? []), ...seen];
    context.set(seenKey(before.start), joined);
    context.clear(seenKey(segment.start));
    segments.splice(position - 1, 2, { start: before.start, size: joined.length });
    return true;
  }

  return restate.object({
    name: objectWatchName,
    handlers: { watch, scan },
    // Only the segment in question is wanted, not what was seen of the whole prefix.
    options: { journalRetention: 0, enableLazyState: true },
  });
}

function watchedPrefix(key: string): WatchedPrefix {
  const [workflow, prefix, suffix] = JSON.parse(key) as [string, string, string];
  return { workflow, prefix, ...(suffix !== "" && { suffix }) };
}

type ListedObject = Pick<ObjectInfo, "key" | "etag" | "size"> & {
  /** Milliseconds since 1970. */
  modifiedAt: number;
};

/** A file system's clock ticks this often or more, in milliseconds: a file is dated by the tick before. */
const slowestTick = 10;

/**
 * The latest time at which it may have been modified: buckets of S3 and Azure tell seconds only, and a file system the
 * tick of its clock.
 */
function latestModification(modifiedAt: number): number {
  return modifiedAt + (modifiedAt % 1000 === 0 ? 999 : slowestTick);
}

async function list(store: ObjectStore, prefix: string, start: string): Promise<ListedPage<ListedObject>> {
  const page = await store.list({ prefix, ...(start !== "" && { startAfter: start }) });
  const objects = page.objects.map(({ key, etag, size, lastModified }) => ({
    key,
    etag,
    size,
    modifiedAt: lastModified.getTime(),
  }));
  return { objects, nextStartAfter: page.nextStartAfter };
}
