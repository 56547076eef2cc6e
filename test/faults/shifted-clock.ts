// Loaded before a replica: its clock is off by what the file CLOCK_SHIFT_FILE says in that moment, in milliseconds.
import { readFileSync } from "node:fs";
import { realNow, replaceClock } from "./replaced-clock.ts";

const file = process.env.CLOCK_SHIFT_FILE ?? "";

replaceClock(() => realNow() + Number(readFileSync(file, "utf8")));
