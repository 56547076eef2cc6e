/** Memory that batches are put together in. */
export interface BatchMemory {
  /** Of at least so many bytes, and less than twice as many; its content is what another batch left there. */
  take(byteLength: number): ArrayBuffer;
  giveBack(memory: ArrayBuffer[]): void;
}

/** More is left to the garbage collection: to allocate it costs little beside what is done with it. */
const maximumKeptBytes = 8 * 1024 * 1024;

/**
 * Keeps what runs give back for the batches after them. New memory for each would be garbage outside of the engine's
 * heap, of which it looks through all of the heap the more often.
 */
export function createBatchMemory(): BatchMemory {
  /** The one that was given back last is the last. */
  let kept: ArrayBuffer[] = [];

  return {
    take(byteLength) {
      const place = kept.findLastIndex(
        (one) => one.byteLength >= byteLength && one.byteLength < 2 * byteLength,
      );
      return place < 0 ? new ArrayBuffer(byteLength) : (kept.splice(place, 1)[0] as ArrayBuffer);
    },
    giveBack(memory) {
      kept.push(...memory);
      let bytes = 0;
      const first = kept.findLastIndex((one) => {
        bytes += one.byteLength;
        return bytes > maximumKeptBytes;
      });
      kept = kept.slice(first + 1);
    },
  };
}
