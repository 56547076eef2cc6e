const RealDate = Date;

/** Milliseconds since 1970, whatever this process is told. */
export const realNow = RealDate.now;

/** From now on this process takes `now` for the time. */
export function replaceClock(now: () => number): void {
  globalThis.Date = class extends RealDate {
    constructor(...given: [] | [string | number | Date]) {
      super(given.length === 0 ? now() : given[0]);
    }

    static override now(): number {
      return now();
    }
  } as DateConstructor;
}
