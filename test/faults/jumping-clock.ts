// Loaded before a replica: its clock jumps by up to an hour, forwards and backwards, each time that it is asked.
import { createRandom } from "./random.ts";
import { realNow, replaceClock } from "./replaced-clock.ts";

const random = createRandom(Number(process.pid));
const hour = 3_600_000;

replaceClock(() => realNow() + Math.round((random() * 2 - 1) * hour));
