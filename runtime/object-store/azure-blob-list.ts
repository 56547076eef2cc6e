import { type ContainerClient, StorageResponseFormat } from "@azure/storage-blob";
import { objectKeyProblem } from "./object-key.ts";
import type { ListOptions, ListResult, ObjectInfo } from "./object-store.ts";

/**
 * Lists in ascending UTF-8 byte order. The service lists by UTF-16 code units, which is the same but for keys that
 * differ first in a character beyond U+D7FF. Those that share what is before it stand together in both orders, and are
 * sorted here: such a group, usually none, is read as a whole.
 */
export async function listBlobs(
  container: ContainerClient,
  { prefix = "", startAfter, limit = 1000 }: ListOptions,
): Promise<ListResult> {
  const after = (startAfter || undefined)?.toWellFormed();
  const isBehind = after !== undefined && !after.startsWith(prefix) && compareBytes(after, prefix) > 0;
  if (isBehind || !prefix.isWellFormed()) return { objects: [], nextStartAfter: undefined };
  const objects: ObjectInfo[] = [];
  for await (const group of groups(blobs(container, prefix, startOf(after), limit + 1)))
    for (const info of group) {
      if (after !== undefined && compareBytes(info.key, after) <= 0) continue;
      if (objects.length === limit) return { objects, nextStartAfter: objects.at(-1)?.key };
      objects.push(info);
    }
  return { objects, nextStartAfter: undefined };
}

/** Where to begin: at the key, or before all of its group. */
function startOf(after: string | undefined): string | undefined {
  if (after === undefined) return undefined;
  const shared = sharedStart(after);
  return shared === undefined ? after : `${shared}\ud7ff`;
}

/** What is before the first character beyond U+D7FF; undefined where there is none. */
function sharedStart(key: string): string | undefined {
  const index = key.search(/[\u{e000}-\u{10ffff}]/u);
  return index < 0 ? undefined : key.slice(0, index);
}

async function* groups(infos: AsyncIterable<ObjectInfo>): AsyncGenerator<ObjectInfo[]> {
  let group: ObjectInfo[] = [];
  let shared: string | undefined;
  for await (const info of infos) {
    const own = sharedStart(info.key);
    if (group.length > 0 && (own === undefined || own !== shared)) {
      yield sorted(group);
      group = [];
    }
    shared = own;
    group.push(info);
  }
  if (group.length > 0) yield sorted(group);
}

function sorted(group: ObjectInfo[]): ObjectInfo[] {
  return group.length === 1 ? group : group.sort((one, other) => compareBytes(one.key, other.key));
}

function compareBytes(one: string, other: string): number {
  return Buffer.compare(Buffer.from(one), Buffer.from(other));
}

async function* blobs(
  container: ContainerClient,
  prefix: string,
  startFrom: string | undefined,
  pageSize: number,
): AsyncGenerator<ObjectInfo> {
  const pages = container
    .listBlobsFlat({
      responseFormat: StorageResponseFormat.Xml,
      ...(prefix !== "" && { prefix }),
      // Since service version 2026-02-06; one that is not within the prefix would say nothing new.
      ...(startFrom?.startsWith(prefix) && { startFrom }),
    })
    .byPage({ maxPageSize: pageSize });
  for await (const { segment } of pages)
    for (const { name, properties } of segment.blobItems) {
      // Put there by others, and nothing that could be read here.
      if (objectKeyProblem(name) !== undefined) continue;
      yield blobInfo(name, properties);
    }
}

export function blobInfo(
  key: string,
  properties: {
    contentLength?: number | undefined;
    etag?: string | undefined;
    lastModified?: Date | undefined;
  },
): ObjectInfo {
  return {
    key,
    size: properties.contentLength ?? 0,
    etag: plainEtag(properties.etag),
    lastModified: properties.lastModified ?? new Date(0),
  };
}

/** Lists give it without the quotes that it has in a header. */
export function plainEtag(etag: string | undefined): string {
  return String(etag).replace(/^"|"$/g, "");
}
