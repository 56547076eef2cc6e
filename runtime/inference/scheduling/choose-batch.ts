import type { Scheduling } from "./settings.ts";

interface Candidate {
  /** Only requests with the same may be put together. */
  key: string;
  rows: number;
  /** Milliseconds. */
  enqueuedAt: number;
}

/**
 * What may be run next of the requests that wait, in their order: the first and all that may go with it, up to the
 * maximum size. It is to wait only where the settings have a delay, and while neither a preferred size nor the maximum
 * is reached.
 * @param now milliseconds, as `enqueuedAt`
 */
export function chooseBatch<Request extends Candidate>(
  waiting: Iterable<Request>,
  batching: Scheduling["batching"],
  now: number,
): { batch: Request[]; rows: number; waitMilliseconds: number } {
  const batch: Request[] = [];
  let rows = 0;
  let isFull = false;
  let preferred = { count: 0, rows: 0 };
  for (const request of waiting) {
    const [first] = batch;
    if (first !== undefined && request.key !== first.key) continue;
    if (first !== undefined && batching !== undefined && rows + request.rows > batching.maximumSize) {
      // What comes later must not overtake it.
      isFull = true;
      break;
    }
    batch.push(request);
    rows += request.rows;
    if (batching?.preferredSizes.includes(rows)) preferred = { count: batch.length, rows };
    isFull = batching === undefined || rows >= batching.maximumSize;
    if (isFull) break;
  }
  if (isFull || batching === undefined) return { batch, rows, waitMilliseconds: 0 };
  if (preferred.count > 0)
    return { batch: batch.slice(0, preferred.count), rows: preferred.rows, waitMilliseconds: 0 };
  const oldest = batch.reduce((earliest, { enqueuedAt }) => Math.min(earliest, enqueuedAt), now);
  const waitMilliseconds = Math.max(0, oldest + batching.maximumDelaySeconds * 1000 - now);
  return { batch, rows, waitMilliseconds };
}

/** The first requests that have no more rows together, at least one. */
export function firstRows<Request extends Pick<Candidate, "rows">>(
  requests: Request[],
  maximumRows: number,
): Request[] {
  let rows = 0;
  const end = requests.findIndex((request) => {
    rows += request.rows;
    return rows > maximumRows;
  });
  return end < 0 ? requests : requests.slice(0, Math.max(1, end));
}
