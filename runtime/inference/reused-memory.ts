/** Memory that bodies are read to and batches are put together in. */
export interface ReusedMemory {
  /** Of at least so many bytes, and less than twice as many; its content is what was there before. */
  take(byteLength: number): ArrayBuffer;
  /** Nobody may look at it any more. What was moved away meanwhile is left out. */
  giveBack(memory: ArrayBuffer[]): void;
}

/** More is left to the garbage collection: to allocate it costs little beside what is done with it. */
const maximumKeptBytes = 8 * 1024 * 1024;

/**
 * Keeps what is given back for those who come next. New memory for each would be garbage outside of the engine's heap, of
 * which it looks through all of the heap the more often.
 */
export function createReusedMemory(): ReusedMemory {
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
      kept.push(...memory.filter(({ byteLength }) => byteLength > 0));
      let bytes = 0;
      const first = kept.findLastIndex((one) => {
        bytes += one.byteLength;
        return bytes > maximumKeptBytes;
      });
      kept = kept.slice(first + 1);
    },
  };
}
