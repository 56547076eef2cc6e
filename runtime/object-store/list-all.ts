import type { ObjectInfo, ObjectStore } from "./object-store.ts";

/** All objects below a prefix in the order of their keys, after `startAfter` where it is given. Pages are read as they are wanted. */
export async function* listAll(
  store: Pick<ObjectStore, "list">,
  prefix: string,
  startAfter?: string,
): AsyncGenerator<ObjectInfo> {
  for (let after = startAfter; ; ) {
    const { objects, nextStartAfter } = await store.list({
      prefix,
      ...(after !== undefined && { startAfter: after }),
    });
    yield* objects;
    if (nextStartAfter === undefined) return;
    after = nextStartAfter;
  }
}
