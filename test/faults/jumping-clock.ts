// Loaded before a replica: its clock jumps by up to an hour, forwards and backwards, each time that it is asked.
import { createRandom } from "./random.ts";

const RealDate = Date;
const random = createRandom(Number(process.pid));
const hour = 3_600_000;

const jumpingNow = () => RealDate.now() + Math.round((random() * 2 - 1) * hour);

class JumpingDate extends RealDate {
  constructor(...given: [] | [string | number | Date]) {
    super(given.length === 0 ? jumpingNow() : given[0]);
  }

  static override now(): number {
    return jumpingNow();
  }
}

globalThis.Date = JumpingDate as DateConstructor;
