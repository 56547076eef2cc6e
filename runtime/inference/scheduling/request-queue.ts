/** What waits for a worker. */
export interface Waiting {
  /** From 1, the highest. */
  level: number;
  isDelayed: boolean;
}

/** Requests by level of priority, first come first served within a level; delayed ones after the others of theirs. */
export interface RequestQueue<Request extends Waiting> extends Iterable<Request> {
  readonly length: number;
  add(request: Request): void;
  /** False where it does not wait any more. */
  remove(request: Request): boolean;
  /** Lets a waiting request go behind all of its level that are not delayed. */
  delay(request: Request): void;
}

export function createRequestQueue<Request extends Waiting>(levels: number): RequestQueue<Request> {
  const lists = Array.from({ length: levels }, () => ({ inTime: [] as Request[], delayed: [] as Request[] }));
  let length = 0;

  function listOf({ level, isDelayed }: Request): Request[] {
    const list = lists[level - 1];
    if (list === undefined) throw new RangeError(`level ${level} is none of 1 to ${levels}`);
    return isDelayed ? list.delayed : list.inTime;
  }

  function remove(request: Request): boolean {
    const list = listOf(request);
    const place = list.indexOf(request);
    if (place < 0) return false;
    list.splice(place, 1);
    length -= 1;
    return true;
  }

  function add(request: Request): void {
    listOf(request).push(request);
    length += 1;
  }

  return {
    get length() {
      return length;
    },
    add,
    remove,
    delay(request) {
      if (request.isDelayed || !remove(request)) return;
      request.isDelayed = true;
      add(request);
    },
    *[Symbol.iterator]() {
      for (const { inTime, delayed } of lists) {
        yield* inTime;
        yield* delayed;
      }
    },
  };
}
