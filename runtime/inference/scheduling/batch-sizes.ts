/** What a row costs in batches of a size. */
export interface MeasuredSize {
  /** Rows of a batch; those of larger batches, below the next size, are counted here as well. */
  rows: number;
  /** Median of the latest runs. */
  secondsPerRow: number;
}

/**
 * Learns by which size of batches, of 1, 2, 4 … and the maximum, a version runs most rows a second. Larger batches are
 * not always faster: on a processor the tensors between a graph's nodes may outgrow its caches.
 */
export interface BatchSizes {
  /** The smallest size that is hardly slower than the fastest; undefined: too little was measured yet. */
  readonly best: number | undefined;
  /** Sizes that were measured, ascending. */
  readonly measured: MeasuredSize[];
  /**
   * Rows that the next batch should have, where so many (at least 1) wait that may go together. At first all of them, then
   * mostly the best size, or the fastest one where that many wait twice, and now and then another one to see whether it has
   * become faster.
   */
  choose(waitingRows: number): number;
  /** After a run. */
  note(rows: number, seconds: number): void;
}

/** Times the maximum, rows that are run before sizes are tried: a version that is hardly used needs no trials. */
const rowsBeforeTries = 2;
/** Runs of each size before they are compared. */
const firstTries = 3;
/** What the median is taken of: one run that was held up by something else does not count. */
const latestRuns = 5;
/** A size is tried again when so many times its rows have been run since: seldom enough not to slow down. */
const rowsBetweenTries = 256;
/** What each run takes besides, about: messages to a worker and back, which find the caches full of tensors. */
const secondsBesides = 0.001;
/** A smaller batch answers sooner, which is worth so much more time for each row. */
const tolerated = 1.03;
/** Where so many batches wait, all are answered the sooner the more rows a second are run, whatever a batch takes. */
const batchesOfBacklog = 2;
/** Where sizes have become so much slower, still larger ones are not among the first to be tried. */
const hopeless = 1.1;

interface Candidate {
  size: number;
  tries: number;
  /** Rows that had been run by the last try. */
  triedAt: number;
  /** Seconds for each row of the latest runs. */
  latest: number[];
  secondsPerRow: number | undefined;
}

export function createBatchSizes(maximumSize: number): BatchSizes {
  const candidates = sizesUpTo(maximumSize).map(
    (size): Candidate => ({ size, tries: 0, triedAt: 0, latest: [], secondsPerRow: undefined }),
  );
  const firstRows = rowsBeforeTries * maximumSize;
  let rowsRun = 0;
  let best: number | undefined;

  function findBest(): number | undefined {
    const limit = tolerated * costOf(fastestOf(candidates));
    return candidates.find((candidate) => costOf(candidate) <= limit)?.size;
  }

  function bestFor(waitingRows: number): number | undefined {
    const waiting = candidates.filter(({ size }) => size * batchesOfBacklog <= waitingRows);
    if (best === undefined || waiting.length === 0) return best;
    return Math.max(best, fastestOf(waiting).size);
  }

  /** The first ones from small to large, as long as they do not become slow; later each in its turn. */
  function toTry(waitingRows: number): Candidate | undefined {
    const reachable = candidates.filter(({ size }) => size <= waitingRows);
    const fastest = fastestOf(candidates);
    const limit = hopeless * costOf(fastest);
    const end = reachable.findIndex(
      (candidate) =>
        candidate.size > fastest.size && candidate.latest.length > 0 && costOf(candidate) > limit,
    );
    const hopeful = end < 0 ? reachable : reachable.slice(0, end + 1);
    return (
      hopeful.find(({ tries }) => tries < firstTries) ??
      reachable.find(({ size, triedAt }) => rowsRun - triedAt >= rowsBetweenTries * size)
    );
  }

  return {
    get best() {
      return best;
    },
    get measured() {
      return candidates.flatMap(({ size, secondsPerRow }) =>
        secondsPerRow === undefined ? [] : [{ rows: size, secondsPerRow }],
      );
    },
    choose(waitingRows) {
      if (rowsRun < firstRows) return waitingRows;
      const tried = toTry(waitingRows);
      if (tried === undefined) return Math.min(bestFor(waitingRows) ?? waitingRows, waitingRows);
      tried.tries += 1;
      tried.triedAt = rowsRun;
      return tried.size;
    },
    note(rows, seconds) {
      rowsRun += rows;
      // One that is larger than the maximum is a single request, and tells nothing about batches.
      if (rows > maximumSize) return;
      const candidate = candidates.findLast(({ size }) => size <= rows);
      if (candidate === undefined) return;
      candidate.triedAt = rowsRun;
      candidate.latest.push(seconds / rows);
      if (candidate.latest.length > latestRuns) candidate.latest.shift();
      candidate.secondsPerRow = median(candidate.latest);
      if (rowsRun >= firstRows) best = findBest();
    },
  };
}

function sizesUpTo(maximumSize: number): number[] {
  const sizes: number[] = [];
  for (let size = 1; size < maximumSize; size *= 2) sizes.push(size);
  return [...sizes, maximumSize];
}

/** Seconds for each row, with what a run takes besides. */
function costOf({ size, secondsPerRow = Number.POSITIVE_INFINITY }: Candidate): number {
  return secondsPerRow + secondsBesides / size;
}

function fastestOf(candidates: Candidate[]): Candidate {
  return candidates.reduce((fastest, candidate) =>
    costOf(candidate) < costOf(fastest) ? candidate : fastest,
  );
}

function median(values: number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] as number;
}
