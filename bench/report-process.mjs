// Loaded into every Node process of a measured command: at its end it writes how long it ran and its peak of memory.
import { appendFileSync } from "node:fs";

const { SKYLOOM_BENCH_REPORT: report } = process.env;
if (report !== undefined)
  process.once("exit", () => {
    const { maxRSS } = process.resourceUsage();
    const figures = {
      script: process.argv[1] ?? "",
      seconds: Number(process.uptime().toFixed(2)),
      // libuv gives kibibytes, and nothing on some systems.
      mebibytes: maxRSS > 0 ? Math.round(maxRSS / 1024) : null,
    };
    appendFileSync(report, `${JSON.stringify(figures)}\n`);
  });
