// Inputs {control}: watches the server for a while after a repair. Outputs {windows: five half hours after the
// repair, logs: the lines of the last one}. Simulated time passes at once.
import { call, runTask } from "./task.mjs";

/** The first window begins some minutes after the repair; the others follow one another. */
const minutesBefore = [35, 30, 30, 30, 30];

await runTask(async ({ control }) => {
  const windows = [];
  let logs = [];
  for (const minutes of minutesBefore) {
    await call(control, "POST", "/clock", { body: { minutes } });
    const window = await call(control, "GET", "/window");
    windows.push(window.metrics);
    logs = window.logs;
  }
  return { windows, logs };
});
